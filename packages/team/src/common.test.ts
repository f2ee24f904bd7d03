import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, parseSettings, resolveEnvironment } from "@understudy/core";
import { type DataFacts, type Target, writeDataFacts } from "@understudy/environment";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { someMetadata } from "./archive/testing.ts";
import { commonWith, forgetHistory, historyOf, noteSnapshot } from "./common.ts";

let target: Target;
beforeEach(() => {
  const settings = parseSettings("", "empty");
  const installation = findInstallation({ UNDERSTUDY_ROOT: mkdtempSync(join(tmpdir(), "understudy-common-")) });
  target = { installation, settings, environment: resolveEnvironment(settings, "staging") };
});
afterEach(() => rmSync(target.installation.root, { recursive: true }));

const day = (number: number) => `2026-11-${String(number).padStart(2, "0")}T10:00:00.000Z`;
const stamp = (number: number) => `2026-11-${String(number).padStart(2, "0")}-10-00-00`;
const note = (number: number) => noteSnapshot(target, someMetadata({}, { exportDate: day(number) }));

describe("the snapshot that two environments have in common", () => {
  it("is the newest that both come from, not the newest of one", () => {
    for (const number of [3, 1, 2]) note(number);
    expect(historyOf(target)).toEqual([stamp(3), stamp(2), stamp(1)]);
    expect(commonWith(target, { history: [stamp(9), stamp(2), stamp(1)] })?.exportDate).toBe(day(2));
    expect(commonWith(target, { history: [stamp(9)] })).toBeUndefined();
    expect(commonWith(target, { history: [] })).toBeUndefined();
  });

  it("is none of before another copy of production's data, and of the same copy it is, from hand to hand", () => {
    const copyOf = (id: string): DataFacts => ({
      copy: {
        ...{ id, at: day(1), result: "succeeded", from: "production" },
        ...{ unmasked: false, healthySeconds: null },
      },
      activeWorkflows: [],
    });
    note(1);
    writeDataFacts(target, copyOf("a"));
    expect(historyOf(target)).toEqual([]);
    expect(commonWith(target, { history: [stamp(1)] })).toBeUndefined();
    note(2);
    writeDataFacts(target, copyOf("a@2026-11-03-10-00-00"));
    note(3);
    expect(historyOf(target)).toEqual([stamp(3), stamp(2)]);
    writeDataFacts(target, copyOf("b"));
    expect(historyOf(target)).toEqual([]);
  });

  it("is forgotten with the data that came from it, and after very many", () => {
    for (let month = 1; month <= 12; month++) {
      for (const date of [1, 10, 20]) {
        noteSnapshot(target, someMetadata({}, { exportDate: new Date(Date.UTC(2026, month, date)).toISOString() }));
      }
    }
    expect(historyOf(target)).toHaveLength(30);
    forgetHistory(target);
    expect(historyOf(target)).toEqual([]);
  });
});

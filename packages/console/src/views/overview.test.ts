import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation } from "@understudy/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { backupOf, driftOf, statusOf, underWayIn } from "./overview.ts";
import { changedTopics } from "./watch.ts";

describe("driftOf", () => {
  const production = { release: { id: "r-1", at: "" } };

  it("is none where one staging runs what production does", () => {
    expect(driftOf(production, ["r-2", "r-1"])).toBe("none");
    expect(driftOf(production, ["r-2", undefined])).toBe("staging is ahead");
  });

  it("is unknown before both were deployed", () => {
    expect(driftOf({ release: null }, ["r-1"])).toBe("unknown");
    expect(driftOf(production, [undefined])).toBe("unknown");
  });
});

describe("statusOf", () => {
  it("is as bad as the worst", () => {
    const of = (...statuses: string[]) => statusOf(statuses.map((status) => ({ status })));
    expect([of(), of("healthy"), of("healthy", "degraded"), of("degraded", "unhealthy")]).toEqual([
      ...["unknown", "healthy", "degraded", "unhealthy"],
    ]);
  });
});

describe("backupOf", () => {
  const [at, proven] = ["2026-11-23T02:00:00.000Z", { id: "backup-1", at: "2026-11-20T02:00:00.000Z" }];

  it("tells the last that was proven, also after one that failed", () => {
    expect(backupOf({ at, result: "failed", proven })).toEqual({ at, result: "failed", verified: false, proven });
    expect(backupOf({ at, result: "failed" })?.proven).toBeNull();
  });

  it("takes a proven one for it that was remembered before this was", () => {
    expect(backupOf({ id: "backup-2", at, result: "succeeded", verified: true })?.proven).toEqual({
      id: "backup-2",
      at,
    });
  });
});

describe("underWayIn", () => {
  it("tells since when it is at its step, and since when it goes on", () => {
    const root = mkdtempSync(join(tmpdir(), "understudy-under-way-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const installation = findInstallation({ UNDERSTUDY_ROOT: root });
    const [began, plan, store] = ["2026-11-23T11:00:00.000Z", "2026-11-23T11:00:01.000Z", "2026-11-23T11:40:00.000Z"];
    const line = (step: string, at: string) =>
      JSON.stringify({ run: `${Date.parse(began)}-7`, verb: "backup", step, at });
    mkdirSync(join(installation.stateDir, "journal"), { recursive: true });
    writeFileSync(
      join(installation.stateDir, "journal/staging.jsonl"),
      `${line("plan", plan)}\n${line("store", store)}\n`,
    );
    expect(underWayIn(installation, "staging", "ada")).toEqual({
      ...{ verb: "backup", step: "store", since: began, stepSince: store, who: null, cutOff: false },
    });
  });
});

describe("changedTopics", () => {
  it("names what is not as it was", () => {
    const marks = { runs: "a", journal: "b", facts: "c", health: "d", policy: "e" };
    expect(changedTopics(marks, marks)).toEqual([]);
    expect(changedTopics(marks, { ...marks, facts: "x", runs: "" })).toEqual(["runs", "facts"]);
    expect(changedTopics(undefined, marks)).toHaveLength(5);
  });
});

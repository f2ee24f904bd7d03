import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, writeFact } from "@understudy/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCheck } from "../run-check.ts";
import { contextWith } from "../testing.ts";
import { lastRuns } from "./last-run.ts";

const now = Date.parse("2026-11-21T12:00:00Z");
const ago = (hours: number) => new Date(now - hours * 3_600_000).toISOString();

describe("the last backup, copy and drill", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "facts-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const look = async (what: "backup" | "copy" | "drill", fact?: object) => {
    const installation = findInstallation({ UNDERSTUDY_ROOT: root });
    if (fact) writeFact(installation, "staging", what, fact);
    const stack = { installation, environment: { name: "staging", kind: "staging" } } as never;
    const context = contextWith({ stack, now: () => now });
    const check = lastRuns().find(({ name }) => name === `last ${what}`);
    if (!check) throw new Error(`there is no check last ${what}`);
    return check.notApplicable?.(context) ?? (await runCheck(check, context));
  };

  it("are not applicable while there is none", async () => {
    expect(await look("backup")).toBe("no backup was taken of it");
    expect(await look("copy")).toBe("no data was copied to it");
    expect(await look("drill")).toBe("no drill was made of it");
  });

  it.each([
    [{ at: ago(3), result: "succeeded", verified: true }, "healthy", "verified, 3 h ago"],
    [{ at: ago(3), result: "succeeded", verified: false }, "degraded", "the last backup was not verified, 3 h ago"],
    [{ at: ago(3), result: "succeeded" }, "degraded", "the last backup was not verified, 3 h ago"],
    [{ at: ago(30), result: "succeeded", verified: true }, "degraded", "verified, 1 d 6 h ago"],
    [{ at: ago(100), result: "succeeded", verified: true }, "unhealthy", "verified, 4 d 4 h ago"],
    [{ at: ago(1), result: "failed" }, "unhealthy", "the last backup failed, 1 h ago"],
  ])("a backup %j is %s", async (fact, status, seen) => {
    expect(await look("backup", fact)).toMatchObject({ status, seen });
  });

  it.each([
    [{ at: ago(3), result: "succeeded" }, "healthy", "3 h ago"],
    [{ at: ago(24 * 40), result: "succeeded" }, "degraded", "40 d ago"],
    [{ at: ago(1), result: "failed" }, "degraded", "the last copy failed, 1 h ago"],
  ])("a copy %j is %s", async (fact, status, seen) => {
    expect(await look("copy", fact)).toMatchObject({ status, seen });
  });
  it.each([
    [{ at: ago(24 * 44), result: "succeeded" }, "healthy", "44 d ago"],
    [{ at: ago(24 * 46), result: "succeeded" }, "degraded", "46 d ago"],
    [{ at: ago(1), result: "failed" }, "degraded", "the last drill failed, 1 h ago"],
  ])("a drill %j is %s", async (fact, status, seen) => {
    expect(await look("drill", fact)).toMatchObject({ status, seen });
  });

  it("judge the past: nothing that came just now is to blame for them", () => {
    expect(lastRuns().map(({ ofThePast }) => ofThePast)).toEqual([true, true, true]);
  });
});

import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { CheckResult } from "../checks/check.ts";
import type { HealthReport } from "../health-check.ts";
import { checkReport, jsonReport } from "./check-report.ts";

const result = (name: string, given: Partial<CheckResult> = {}): CheckResult => ({
  name,
  service: name.split(" ")[0] ?? "",
  status: "healthy",
  seen: "fine",
  expected: "fine",
  ms: 5,
  ...given,
});
const report: HealthReport = {
  environment: "staging",
  status: "unhealthy",
  checks: [
    result("n8n container", { seen: "runs for 2 h, 0 restarts" }),
    result("n8n memory", { seen: "500 MiB of 1.5 GiB", figures: { memory_bytes: 524_288_000 } }),
    result("n8n log", { status: "degraded", seen: "40 errors in 41 lines", expected: "at most 30 errors" }),
    result("n8n database", {
      status: "unhealthy",
      seen: "the password is wrong",
      expected: "it lets n8n in",
      next: "correct it",
      lines: ["one", "two", "three", "four"],
    }),
    result("letta log", { lines: ["Uvicorn running"] }),
  ],
  notApplicable: [{ name: "last backup", why: "none was taken" }],
  lockedBy: "ada@laptop (deploy:staging, since 2026-11-21T12:00:00.000Z)",
};
const style = { verbose: false, colours: false, took: 1_234 };

describe("the report for people", () => {
  it("begins with what fails worst, with what to try, and ends with the sum", () => {
    const lines = checkReport(report, style).trimEnd().split("\n");
    expect(lines.slice(0, 13)).toEqual([
      "✖ n8n database: unhealthy",
      "    seen      the password is wrong",
      "    expected  it lets n8n in",
      "    try       correct it",
      "    | two",
      "    | three",
      "    | four",
      "",
      "! n8n log: degraded",
      "    seen      40 errors in 41 lines",
      "    expected  at most 30 errors",
      "",
      expect.stringMatching(/^┌/),
    ]);
    expect(lines.join("\n")).toMatch(/│ n8n +│ 2 of 4 +│ runs for 2 h, 0 restarts │ 500 MiB of 1\.5 GiB │/);
    expect(lines.slice(-3)).toEqual([
      "Not applicable: last backup (none was taken)",
      "It is being changed: ada@laptop (deploy:staging, since 2026-11-21T12:00:00.000Z)",
      "staging is unhealthy: 5 checks, 2 fail, 1.2 s",
    ]);
  });

  it("shows every check, figure and line when asked", () => {
    const text = checkReport(report, { ...style, verbose: true });
    expect(text).toContain("    | one\n");
    expect(text).toContain("memory_bytes=524288000");
    expect(text).toContain("letta log:\n  | Uvicorn running");
  });

  it("has colours only when it is told so", () => {
    const plain = checkReport(report, style);
    const coloured = checkReport(report, { ...style, colours: true });
    expect(plain).toBe(stripVTControlCharacters(plain));
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });
});

describe("the JSON", () => {
  it("shows six fields of each check, and what to try of those that fail", () => {
    const { checks, ...rest } = jsonReport(report, false);
    expect(Object.keys(rest)).toEqual(["environment", "status", "notApplicable", "lockedBy"]);
    expect(checks[0]).toEqual({
      name: "n8n container",
      service: "n8n",
      status: "healthy",
      seen: "runs for 2 h, 0 restarts",
      expected: "fine",
      ms: 5,
    });
    expect(checks[3]).toMatchObject({ next: "correct it" });
    expect(checks[3]).not.toHaveProperty("lines");
  });

  it("shows figures and lines with verbose", () => {
    const { checks } = jsonReport(report, true);
    expect(checks[1]?.figures).toEqual({ memory_bytes: 524_288_000 });
    expect(checks[3]?.lines).toHaveLength(4);
  });
});

import { describe, expect, it } from "vitest";
import type { Beat } from "../check.ts";
import { runCheck } from "../run-check.ts";
import { contextWith } from "../testing.ts";
import { heartbeat } from "./heartbeat.ts";

const now = Date.parse("2026-11-21T12:00:00Z");
const minute = 60_000;
const hour = 60 * minute;

const check = heartbeat.make(
  heartbeat.schema.parse({
    name: "nightly",
    type: "heartbeat",
    every: "1d",
    grace: "30m",
    thresholds: { warning: 90_000 },
  }),
);
const look = (beat: Beat | undefined) => runCheck(check, contextWith({ now: () => now, lastBeat: () => beat }));

describe("a heartbeat", () => {
  it.each<[string, Beat | undefined, string, string]>([
    ["never heard", undefined, "degraded", "never heard of"],
    ["on time", { kind: "success", at: now - hour, lastSuccess: now - hour }, "healthy", "succeeded 1 h ago"],
    [
      "just in time",
      { kind: "success", at: now - 24 * hour, lastSuccess: now - 24 * hour },
      "healthy",
      "succeeded 1 d ago",
    ],
    [
      "late",
      { kind: "success", at: now - 25 * hour, lastSuccess: now - 25 * hour },
      "unhealthy",
      "last succeeded 1 d 1 h ago",
    ],
    [
      "failed",
      { kind: "fail", at: now - minute, lastSuccess: now - hour },
      "unhealthy",
      "said 1 min ago that it failed",
    ],
    ["at work", { kind: "start", at: now - minute, lastSuccess: now - hour }, "healthy", "runs, since 1 min"],
    [
      "at work for the first time",
      { kind: "start", at: now - minute, lastSuccess: undefined },
      "healthy",
      "runs, since 1 min",
    ],
    [
      "hanging",
      { kind: "start", at: now - hour, lastSuccess: now - 2 * hour },
      "unhealthy",
      "began 1 h ago and did not end",
    ],
    [
      "late, though at work",
      { kind: "start", at: now - minute, lastSuccess: now - 30 * hour },
      "unhealthy",
      "last succeeded 1 d 6 h ago",
    ],
    [
      "from a clock that is ahead",
      { kind: "success", at: now + hour, lastSuccess: now + hour },
      "healthy",
      "succeeded 0 s ago",
    ],
  ])("%s", async (_, beat, status, seen) => {
    expect(await look(beat)).toMatchObject({ status, seen, expected: expect.any(String) });
  });

  it("is judged only where a monitor listens", () => {
    expect(check.notApplicable?.(contextWith())).toBe("only a running monitor hears heartbeats");
    expect(check.notApplicable?.(contextWith({ lastBeat: () => undefined }))).toBeUndefined();
    expect(check.heartbeat).toBe("nightly");
  });
});

import { describe, expect, it } from "vitest";
import type { Status } from "../types.ts";
import { before, hasEnded, isStuck, mayBecome, silence } from "./life.ts";

const all: Status[] = ["running", "completed", "failed", "cancelled", "interrupted"];

describe("the life of a session", () => {
  it("ends once: nothing follows an end", () => {
    for (const from of all.filter(hasEnded)) for (const to of all) expect(mayBecome(from, to)).toBe(false);
    expect(all.filter(hasEnded).sort()).toEqual(["cancelled", "completed", "failed"]);
  });

  it("completes once, and is resumed only when it was interrupted", () => {
    expect(before("completed").sort()).toEqual(["interrupted", "running"]);
    expect(before("running")).toEqual(["interrupted"]);
    expect(before("failed").sort()).toEqual(["interrupted", "running"]);
  });

  it("is stuck when its process is gone or says nothing", () => {
    const pulse = { status: "running" as const, heartbeat: 1_000, processAlive: true };
    expect(isStuck(pulse, 1_000 + silence)).toBe(false);
    expect(isStuck(pulse, 1_001 + silence)).toBe(true);
    expect(isStuck({ ...pulse, processAlive: false }, 1_000)).toBe(true);
    expect(isStuck({ ...pulse, status: "completed", processAlive: false }, 1e12)).toBe(false);
  });
});

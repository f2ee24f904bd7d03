import { describe, expect, it } from "vitest";
import { cpuText, duration } from "./container-args.ts";

describe("duration", () => {
  it.each([
    [0, "0s"],
    [500, "500ms"],
    [5_000, "5s"],
    [90_000, "1m30s"],
    [180_000, "3m0s"],
    [3_600_000, "1h0m0s"],
    [1_500, "1.5s"],
  ])("writes %i ms as Go does: %s", (ms, text) => expect(duration(ms)).toBe(text));
});

describe("cpuText", () => {
  it.each([
    [1, "1.0"],
    [2, "2.0"],
    [0.5, "0.5"],
    [0.25, "0.25"],
    [1.5, "1.5"],
  ])("writes %f as the provider reads it back: %s", (cpus, text) => expect(cpuText("n8n", cpus)).toBe(text));

  it("refuses what the provider would round", () => {
    expect(() => cpuText("n8n", 0.05)).toThrow(/0\.05/);
  });
});

import { parseDuration } from "@understudy/compose";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shortDuration } from "./durations.ts";

describe("shortDuration", () => {
  it.each([
    [0, "0s"],
    [500, "500ms"],
    [5_000, "5s"],
    [90_000, "1m30s"],
    [180_000, "3m"],
    [600_000, "10m"],
    [3_600_000, "1h"],
    [3_660_000, "1h1m"],
    [3_605_000, "1h0m5s"],
  ])("writes %i ms as the provider reads it back: %s", (ms, text) => expect(shortDuration(ms)).toBe(text));

  it("loses no millisecond", () => {
    fc.assert(fc.property(fc.nat(100_000_000), (ms) => parseDuration(shortDuration(ms)) === ms));
  });
});

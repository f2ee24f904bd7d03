import { describe, expect, it } from "vitest";
import { StallWatch } from "./stalls.ts";

describe("a stall watch", () => {
  let wall = 1_000_000;
  let monotonic = 0;
  const pass = (seconds: number, wallSeconds = seconds) => {
    wall += wallSeconds * 1_000;
    monotonic += seconds * 1_000;
  };
  const begin = () => new StallWatch({ now: () => wall, monotonic: () => monotonic }, 10_000);

  it("is quiet while time goes by, also when a tick is a little late", () => {
    const watch = begin();
    for (const seconds of [1, 1, 4, 9, 1]) {
      pass(seconds);
      expect(watch.tick()).toBeUndefined();
    }
  });

  it.each([
    ["the process was stopped", 120, 120, "the monitor was stopped"],
    ["the machine slept", 1, 3_600, "the machine slept, or its clock was set forward"],
    ["somebody set the clock back", 1, -3_600, "the clock was set back"],
  ])("tells that %s", (_what, seconds, wallSeconds, why) => {
    const watch = begin();
    const from = wall;
    pass(seconds, wallSeconds);
    expect(watch.tick()).toEqual({ from, to: wall, why });
    pass(1);
    expect(watch.tick()).toBeUndefined();
  });
});

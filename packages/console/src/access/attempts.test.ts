import { describe, expect, it } from "vitest";
import { Attempts } from "./attempts.ts";

describe("Attempts", () => {
  it("lets an address try so often, then asks it to wait; others are let in", () => {
    const attempts = new Attempts(3, () => 0);
    expect([1, 2, 3].map(() => attempts.take("a"))).toEqual([0, 0, 0]);
    expect(attempts.take("a")).toBe(300);
    expect(attempts.take("b")).toBe(0);
  });

  it("gives them back evenly, and never more than there were", () => {
    let now = 0;
    const attempts = new Attempts(3, () => now);
    for (let tried = 0; tried < 4; tried++) attempts.take("a");
    now = 299_000;
    expect(attempts.take("a")).toBe(1);
    now = 301_000;
    expect(attempts.take("a")).toBe(0);
    now = 86_400_000;
    attempts.giveBack("a");
    expect([1, 2, 3, 4].map(() => attempts.take("a") > 0)).toEqual([false, false, false, true]);
  });

  it("does not count what was right", () => {
    const attempts = new Attempts(1, () => 0);
    for (let tried = 0; tried < 5; tried++) {
      expect(attempts.take("a")).toBe(0);
      attempts.giveBack("a");
    }
  });

  it("forgets addresses that rested, not those that are waiting", () => {
    let now = 0;
    const attempts = new Attempts(1, () => now);
    for (let address = 0; address < 10_001; address++) attempts.take(`10.0.0.${address}`);
    now = 899_000;
    attempts.take("late");
    now = 901_000;
    attempts.take("another");
    expect(attempts.take("late")).toBeGreaterThan(0);
  });
});

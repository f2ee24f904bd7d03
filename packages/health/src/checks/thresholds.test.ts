import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossed, describeThresholds } from "./thresholds.ts";

describe("thresholds", () => {
  it("are crossed beyond the limit, not at it, in the order of how bad it is", () => {
    const above = { warning: 85, critical: 95, unit: "% full", bad: "above" } as const;
    expect([85, 85.1, 95, 95.1].map((value) => crossed(above, value))).toEqual([
      undefined,
      "warning",
      "warning",
      "critical",
    ]);
    const below = { warning: 21, critical: 7, unit: "days", bad: "below" } as const;
    expect([21, 20, 7, 6].map((value) => crossed(below, value))).toEqual([undefined, "warning", "warning", "critical"]);
  });

  it("never get better as the number gets worse", () => {
    const rank = { none: 0, warning: 1, critical: 2 };
    const limits = fc.record({
      warning: fc.option(fc.integer(), { nil: undefined }),
      critical: fc.option(fc.integer(), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        limits,
        fc.constantFrom("above" as const, "below" as const),
        fc.integer(),
        fc.nat(),
        (limit, bad, value, more) => {
          const at = (number: number) => rank[crossed({ ...limit, unit: "", bad }, number) ?? "none"];
          expect(at(bad === "above" ? value + more : value - more)).toBeGreaterThanOrEqual(at(value));
        },
      ),
    );
  });

  it.each([
    [{ warning: 85, critical: 95, unit: "% full", bad: "above" }, "at most 85 % full (critical above 95)"],
    [{ critical: 7, unit: "days left", bad: "below" }, "at least 7 days left"],
    [{ warning: 3, unit: "", bad: "above" }, "at most 3"],
  ] as const)("%j", (thresholds, words) => {
    expect(describeThresholds(thresholds)).toBe(words);
  });
});

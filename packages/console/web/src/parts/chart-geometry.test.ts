import { describe, expect, it } from "vitest";
import { areaPath, barsOf, linePath } from "./chart-geometry.ts";

const point = (at: number, more: object = {}) => ({
  at,
  healthy: 1,
  degraded: 0,
  unhealthy: 0,
  avg: 10,
  max: 10,
  ...more,
});

describe("barsOf", () => {
  it("shows the worst of each stretch, and nothing where nobody looked", () => {
    const points = [
      point(0),
      point(5, { unhealthy: 1 }),
      point(9),
      point(25, { degraded: 2 }),
      point(39, { healthy: 0 }),
    ];
    expect(barsOf(points, 0, 40, 4)).toEqual([
      { at: 0, status: "unhealthy" },
      { at: 10, status: "unknown" },
      { at: 20, status: "degraded" },
      { at: 30, status: "unknown" },
    ]);
  });

  it("leaves out what lies before and after", () => {
    expect(barsOf([point(-1), point(40)], 0, 40, 2).map(({ status }) => status)).toEqual(["unknown", "unknown"]);
  });
});

describe("linePath", () => {
  it("goes from left to right, higher for what took longer", () => {
    expect(linePath([point(0), point(50, { avg: 20 }), point(100, { avg: 0 })], 0, 100, 20)).toBe(
      "M0.00 20.00L50.00 2.00L100.00 38.00",
    );
    expect(areaPath([point(0), point(100)], 0, 100, 10)).toBe("M0.00 2.00L100.00 2.00L100.00 40L0.00 40Z");
    expect(areaPath([], 0, 100, 10)).toBe("");
  });
});

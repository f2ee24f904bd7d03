import { expect, it } from "vitest";
import { errorProblem } from "./edge-errors.ts";

const before = { requests: 1_000, failed: 100 };
const after = (requests: number, failed: number) => ({
  requests: before.requests + requests,
  failed: before.failed + failed,
});

it("judges the share of what failed since then", () => {
  expect(errorProblem(before, after(200, 10), 5)).toBeUndefined();
  expect(errorProblem(before, after(200, 11), 5)).toBe(
    "11 of 200 requests failed at the edge, more than 5 % (promote.errorPercent)",
  );
  expect(errorProblem(before, after(200, 1), 0)).toMatch(/^1 of 200/);
  expect(errorProblem(before, after(200, 200), 100)).toBeUndefined();
});

it("does not judge by a few requests", () => {
  expect(errorProblem(before, after(19, 19), 5)).toBeUndefined();
});

it("takes an edge that was started meanwhile from its start", () => {
  expect(errorProblem(before, { requests: 100, failed: 50 }, 5)).toMatch(/^50 of 100/);
});

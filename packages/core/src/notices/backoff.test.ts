import fc from "fast-check";
import { expect, it } from "vitest";
import { backoff } from "./backoff.ts";

it("lets the bound of the wait double from 5 s to 10 min", () => {
  const bounds = [1, 2, 3, 7, 8, 2_000].map((failures) => backoff(failures, () => 1));
  expect(bounds).toEqual([5_000, 10_000, 20_000, 320_000, 600_000, 600_000]);
});

it("waits anything between nothing and the bound", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, part) => {
      const bound = backoff(failures, () => 1);
      expect(backoff(failures, () => part)).toBe(Math.round(part * bound));
    }),
  );
});

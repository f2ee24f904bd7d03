import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bounded, isLater, msOfStamp, stampOf, tick } from "./clock.ts";

const ms = fc.nat(4_102_444_800_000);

describe("the hybrid clock", () => {
  it("goes forward whatever the wall says, and follows it when that is ahead", () => {
    fc.assert(
      fc.property(fc.array(ms, { minLength: 1 }), (walls) => {
        let last = 0n;
        for (const wall of walls) {
          const next = tick(last, wall);
          expect(next > last).toBe(true);
          expect(msOfStamp(next)).toBeGreaterThanOrEqual(wall);
          last = next;
        }
      }),
    );
  });

  it("lets nobody win by more than the bound", () => {
    fc.assert(
      fc.property(ms, ms, fc.nat(100_000), (written, now, bound) => {
        const stamp = bounded(stampOf(written), now, bound);
        expect(msOfStamp(stamp)).toBe(Math.min(written, now + bound));
      }),
    );
  });

  it("orders all writes, ties too, the same way everywhere", () => {
    const written = fc.record({ stamp: fc.bigInt(0n, 3n), node: fc.constantFrom(null, "a", "b") });
    fc.assert(
      fc.property(written, written, (a, b) => {
        const same = a.stamp === b.stamp && a.node === b.node;
        expect(isLater(a, b) !== isLater(b, a)).toBe(!same);
      }),
    );
  });
});

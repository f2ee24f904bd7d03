import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bandwidth } from "./bandwidth.ts";

describe("bandwidth", () => {
  it("is never more than what it may be, and none of it is saved up", () => {
    const parts = fc.array(fc.tuple(fc.nat(100_000), fc.nat(500)), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(parts, (list) => {
        let now = 0;
        const bandwidth = new Bandwidth(1_000_000, () => now);
        let through = 0;
        for (const [bytes, pause] of list) {
          now += pause;
          const began = now;
          now += bandwidth.take(bytes);
          through += bytes;
          expect(now - began).toBeGreaterThanOrEqual(bytes / 1_000 - 1e-6);
        }
        expect(through).toBeLessThanOrEqual(now * 1_000 + 1e-3);
      }),
    );
  });

  it("is all there is without a limit", () => expect(new Bandwidth(0).take(1e12)).toBe(0));
});

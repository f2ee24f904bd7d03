import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bucket, combine } from "./bucket.ts";
import { decodeBuckets, encodeBuckets } from "./bucket-codec.ts";

const look = fc.record({ status: fc.nat(2), known: fc.nat(90_000), value: fc.nat(2 ** 44) });

const bucketAt = (start: number, looks: readonly { status: number; known: number; value: number }[]): Bucket =>
  looks
    .map(({ status, known, value }) => ({
      start,
      healthy: Number(status === 0),
      degraded: Number(status === 1),
      unhealthy: Number(status === 2),
      known,
      down: status === 2 ? known : 0,
      min: value,
      max: value,
      sum: value,
    }))
    .reduce(combine);

describe("packed buckets", () => {
  it("come out as they went in", () => {
    const some = fc.uniqueArray(fc.nat(20_000), { maxLength: 60 }).map((places) => places.sort((a, b) => a - b));
    const cases = fc.record({
      width: fc.constantFrom(1, 60, 3_600),
      start: fc.nat(2 ** 32),
      places: some,
      looks: fc.array(fc.array(look, { minLength: 1, maxLength: 5 }), { minLength: 60, maxLength: 60 }),
    });
    fc.assert(
      fc.property(cases, ({ width, start, places, looks }) => {
        const buckets = places.map((place, index) => bucketAt(start + place * width, looks[index] ?? []));
        expect(decodeBuckets(encodeBuckets(buckets, { start, width }), { start, width })).toEqual(buckets);
      }),
    );
  });

  it("of a check that is well take less than two bytes a minute", () => {
    const minutes = Array.from({ length: 1_440 }, (_, index) =>
      bucketAt(index * 60, [
        { status: 0, known: 30, value: 35 + (index % 7) },
        { status: 0, known: 30, value: 41 + (index % 5) },
      ]),
    );
    expect(encodeBuckets(minutes, { start: 0, width: 60 }).length).toBeLessThan(2 * 1_440);
  });

  it("are refused when they are damaged", () => {
    const whole = encodeBuckets([bucketAt(0, [{ status: 0, known: 30, value: 35 }])], { start: 0, width: 60 });
    expect(() => decodeBuckets(whole.subarray(0, -3), { start: 0, width: 60 })).toThrow();
  });
});

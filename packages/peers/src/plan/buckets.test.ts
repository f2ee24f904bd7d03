import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bucket, bucketsFor, differing, partsToSend, totalOf } from "./buckets.ts";

describe("parts of a table", () => {
  it("are a power of two, one for a small table, never more than 4,096", () => {
    expect(bucketsFor({ estimatedRows: 10, bytes: 8_192 })).toBe(1);
    expect(bucketsFor({ estimatedRows: 100_000, bytes: 0 })).toBe(128);
    expect(bucketsFor({ estimatedRows: -1, bytes: 10_000_000 })).toBe(128);
    expect(bucketsFor({ estimatedRows: 1e12, bytes: 0 })).toBe(4_096);
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1e15, noNaN: true }), fc.nat(), (estimatedRows, bytes) => {
        const buckets = bucketsFor({ estimatedRows, bytes });
        expect(Number.isInteger(Math.log2(buckets))).toBe(true);
      }),
    );
  });

  it("are sent where rows are missing or others, and only there", () => {
    const hash = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const table = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), hash, { maxKeys: 30 });
    fc.assert(
      fc.property(table, table, (source, target) => {
        const sent = new Set(differing(digest(source), digest(target)));
        for (const [key, value] of Object.entries(source)) {
          if (target[key] !== value) expect(sent.has(bucketOf(key))).toBe(true);
        }
        expect(differing(digest(source), digest(source))).toEqual([]);
        expect(differing([], digest(target))).toEqual([]);
      }),
    );
  });

  it("are all sent where a column is carried whose type is another on the two sides, as their hashes do not tell of it", () => {
    const same = digest({ a: 5n, b: 7n });
    expect(partsToSend({ columns: ["id", "n"], onlyInserted: [], compared: ["id", "n"] }, same, same)).toEqual([]);
    expect(partsToSend({ columns: ["id", "n"], onlyInserted: ["n"], compared: ["id"] }, same, same)).toEqual([]);
    const parts = partsToSend({ columns: ["id", "n"], onlyInserted: [], compared: ["id"] }, same, same);
    expect(parts).toEqual([bucketOf("a"), bucketOf("b")]);
  });

  it("add up", () => {
    const buckets = digest({ a: 5n, b: 7n, e: 11n });
    expect(totalOf(buckets)).toEqual({ rows: 3, sum: 23n });
    expect(totalOf(buckets, [bucketOf("b")])).toEqual({ rows: 1, sum: 7n });
    expect(totalOf(buckets, [])).toEqual({ rows: 0, sum: 0n });
  });
});

function bucketOf(key: string): number {
  return key.charCodeAt(0) % 4;
}

/** As a server computes it. */
function digest(rows: Readonly<Record<string, bigint>>): Bucket[] {
  const buckets = new Map<number, { rows: number; sum: bigint }>();
  for (const [key, hash] of Object.entries(rows)) {
    const { rows, sum } = buckets.get(bucketOf(key)) ?? { rows: 0, sum: 0n };
    buckets.set(bucketOf(key), { rows: rows + 1, sum: sum + hash });
  }
  return [...buckets].map(([bucket, { rows, sum }]) => ({ bucket, rows, sum: String(sum) }));
}

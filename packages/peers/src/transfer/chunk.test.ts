import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chunk, type Manifest, manifestProblem, missing, totalBytes } from "./chunk.ts";

const chunk = (no: number, table = "public.t"): Chunk => ({ no, table, bytes: no, sha256: "0".repeat(64) });
const manifest = (chunks: Chunk[], ...tables: string[]): Manifest => ({
  tables: tables.map((table) => ({ table, rows: 1, sent: 1, sum: "0", same: [] })),
  chunks,
  sequences: [],
  at: "2026-01-01T00:00:00.000Z",
});

describe("the book of chunks", () => {
  it("knows what is missing: whatever arrived in whatever order and however often, the rest completes it", () => {
    const arrivals = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.nat(40), arrivals, (count, received) => {
        const chunks = Array.from({ length: count }, (_, at) => chunk(at + 1));
        const rest = missing(chunks, received).map(({ no }) => no);
        expect([...new Set([...received.filter((no) => no <= count), ...rest])].sort((a, b) => a - b)).toEqual(
          chunks.map(({ no }) => no),
        );
        expect(rest.some((no) => received.includes(no))).toBe(false);
      }),
    );
  });

  it("refuses a gap, a number twice and a table that nobody planned", () => {
    expect(manifestProblem(manifest([chunk(1), chunk(2)], "public.t"), ["public.t"])).toBeUndefined();
    expect(manifestProblem(manifest([chunk(1), chunk(3)]), ["public.t"])).toBe("chunk 2 is missing");
    expect(manifestProblem(manifest([chunk(1), chunk(1)]), ["public.t"])).toBe("chunk 2 is missing");
    expect(manifestProblem(manifest([chunk(1, "public.x")]), ["public.t"])).toMatch(/public\.x is not of the plan/);
    expect(manifestProblem(manifest([], "public.x"), ["public.t"])).toMatch(/public\.x/);
  });

  it("adds up", () => expect(totalBytes([chunk(1), chunk(2), chunk(5)])).toBe(8));
});

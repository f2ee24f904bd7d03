import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutRestriction } from "./dump-database.ts";

const head = "--\n-- PostgreSQL database dump\n--\n\n";
const tail = "--\n-- PostgreSQL database dump complete\n--\n\n";

async function strip(dump: string, size: number): Promise<string> {
  const bytes = Buffer.from(dump);
  const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  const iterable = (async function* () {
    yield* parts;
  })();
  return Buffer.concat(await Array.fromAsync(withoutRestriction(iterable))).toString();
}

describe("a dump without the lines that confine psql", () => {
  it("is the same however it is cut, and keeps everything else", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme", maxLength: 3_000 }),
        fc.integer({ min: 1, max: 700 }),
        async (rows, size) => {
          const dump = `${head}\\restrict aB3\n\n-- Dumped\n${rows}\n${tail}\\unrestrict aB3\n\n`;
          expect(await strip(dump, size)).toBe(`${head}\n-- Dumped\n${rows}\n${tail}`);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("is as it was when it has none", async () => {
    expect(await strip(`${head}SELECT 1;\n${tail}`, 9)).toBe(`${head}SELECT 1;\n${tail}`);
  });

  it("keeps a row that begins like one", async () => {
    const rows = `${"x".repeat(600)}\n\\restrict me\n${"y".repeat(600)}\n`;
    expect(await strip(head + rows + tail, 100)).toBe(head + rows + tail);
  });
});

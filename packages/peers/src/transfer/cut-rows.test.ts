import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RowCutter } from "./cut-rows.ts";

describe("cutting rows into chunks", () => {
  it("loses and adds nothing, ends each chunk with a whole row, and fills it, however the stream is cut", () => {
    const row = fc.stringMatching(/^[a-zé]{0,30}$/).map((text) => `${text}\n`);
    const cuts = fc.array(fc.nat(1_000), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), cuts, fc.integer({ min: 1, max: 200 }), (rows, places, size) => {
        const stream = Buffer.from(rows.join(""));
        const chunks = collect(stream, places, size);
        expect(Buffer.concat(chunks)).toEqual(stream);
        for (const [at, chunk] of chunks.entries()) {
          expect(chunk.at(-1)).toBe(0x0a);
          if (at < chunks.length - 1) expect(chunk.length).toBeGreaterThanOrEqual(size);
          const lastRow = chunk.lastIndexOf(0x0a, -2) + 1;
          expect(lastRow).toBeLessThan(size);
        }
      }),
    );
  });
});

function collect(stream: Buffer, places: readonly number[], size: number): Buffer[] {
  const cutter = new RowCutter(size);
  const chunks: Buffer[] = [];
  let open: Buffer[] = [];
  const bounds = [0, ...places.map((place) => place % (stream.length + 1)), stream.length].sort((a, b) => a - b);
  for (const [at, from] of bounds.slice(0, -1).entries()) {
    for (const { bytes, last } of cutter.cut(stream.subarray(from, bounds[at + 1]))) {
      open.push(bytes);
      if (!last) continue;
      chunks.push(Buffer.concat(open));
      open = [];
    }
  }
  return open.length > 0 ? [...chunks, Buffer.concat(open)] : chunks;
}

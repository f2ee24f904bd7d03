import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { intoFrames, outOfFrames } from "./frames.ts";

/** The same bytes, in pieces of other sizes. */
function recut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

it("what goes into frames comes out of them, however it is cut on the way, and ends where it ended", async () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 50 }), async (parts, size) => {
      const sent = parts.map((part) => Buffer.from(part));
      const framed = await buffer(Readable.from(sent).pipe(intoFrames()));
      expect(await buffer(Readable.from(recut(framed, size)).pipe(outOfFrames()))).toEqual(Buffer.concat(sent));
      const cut = Readable.from(recut(framed.subarray(0, -1), size));
      await expect(pipeline(cut, outOfFrames(), new PassThrough().resume())).rejects.toThrow("was cut");
    }),
  );
});

it("a length that nobody would send is refused before anything is gathered for it", async () => {
  const hostile = Readable.from([Buffer.from([0xff, 0xff, 0xff, 0xff, 1])]);
  await expect(pipeline(hostile, outOfFrames(), new PassThrough().resume())).rejects.toThrow("a frame of 4294967295");
});

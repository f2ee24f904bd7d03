import fc from "fast-check";
import { expect, it } from "vitest";
import { CopyDataFilter, copyDataHeader } from "./copy-data.ts";

const row = fc.uint8Array({ maxLength: 200 }).map((body) => ({ type: "d", body: Buffer.from(body) }));
const notice = fc.uint8Array({ maxLength: 20 }).map((body) => ({ type: "N", body: Buffer.from(body) }));
const messages = fc.array(fc.oneof({ weight: 5, arbitrary: row }, notice));

it("gives rows without frames and all else untouched, wherever the network cuts", () => {
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sent, sizes) => {
      const filter = new CopyDataFilter();
      const got = cut(Buffer.concat(sent.map(framed)), sizes).map((chunk) => filter.take(chunk));
      const of = (type: string) => sent.filter((message) => message.type === type);
      expect(Buffer.concat(got.map(({ rows }) => rows))).toEqual(Buffer.concat(of("d").map(({ body }) => body)));
      expect(Buffer.concat(got.map(({ others }) => others))).toEqual(Buffer.concat(of("N").map(framed)));
    }),
  );
});

function framed({ type, body }: { type: string; body: Buffer }): Buffer {
  const message = Buffer.concat([copyDataHeader(body.length), body]);
  message.write(type, 0);
  return message;
}

/** Chunks of these sizes in turn, each with memory of its own. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunks.at(-1)?.length ?? 0) {
    const size = sizes[chunks.length % sizes.length] as number;
    chunks.push(Buffer.from(bytes.subarray(at, at + size)));
  }
  return chunks;
}

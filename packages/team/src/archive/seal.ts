import { createHash } from "node:crypto";
import { Transform } from "node:stream";

/*
 * Gzip's own sums leave bits uncovered: those of its header, and the last ones of a block. So an archive ends with a second gzip
 * member, which holds nothing but, in its header's extra field, the SHA-256 of everything before it. Every tool that reads gzip
 * skips it, and every byte of the file counts.
 */

/** Of the extra field: ours. */
const mark = Buffer.from("US");

const digestLength = 32;

/** RFC 1952: magic, deflate, FEXTRA, no time, no flags of the compressor, unknown system; then the field's length. */
const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, digestLength + 4, 0]);

/** An empty deflate block, and sums of nothing. */
const tail = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

/** Bytes. */
export const sealLength = head.length + 4 + digestLength + tail.length;

/** The bytes are not what was sealed: cut off, changed, or followed by something. */
export class BrokenSeal extends Error {}

/** Passes bytes on and puts their seal after them. */
export function sealing(): Transform {
  const hash = createHash("sha256");
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      done(null, sealOf(hash.digest()));
    },
  });
}

/** Passes sealed bytes on, and fails at their end unless the seal is theirs. */
export function checkingSeal(): Transform {
  const hash = createHash("sha256");
  let held: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const all = Buffer.concat([held, chunk]);
      const end = Math.max(0, all.length - sealLength);
      held = all.subarray(end);
      hash.update(all.subarray(0, end));
      done(null, chunk);
    },
    flush(done) {
      done(held.equals(sealOf(hash.digest())) ? null : new BrokenSeal("its bytes are not those that were written"));
    },
  });
}

function sealOf(digest: Buffer): Buffer {
  return Buffer.concat([head, mark, Buffer.from([digestLength, 0]), digest, tail]);
}

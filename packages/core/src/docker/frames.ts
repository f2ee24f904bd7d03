import { Transform } from "node:stream";

const head = 4;
/** Bytes of a frame at most: what a stream hands on at once is a fraction of it. */
const largest = 16_777_216;

/**
 * Put bytes into frames, each with its length before it; one of no length is the end. A connection over several machines can then say that
 * one direction has ended while the other goes on, whatever lies between does with half-closed connections.
 */
export function intoFrames(): Transform {
  return new Transform({
    transform(bytes: Buffer, _, done) {
      for (let at = 0; at < bytes.length; at += largest) {
        const part = bytes.subarray(at, at + largest);
        this.push(lengthOf(part.length));
        this.push(part);
      }
      done();
    },
    flush(done) {
      done(null, lengthOf(0));
    },
  });
}

/** Take bytes out of frames again. Fails when the connection ends before the frame that says so. */
export function outOfFrames(): Transform {
  let rest: Buffer = Buffer.alloc(0);
  let left = 0;
  let isOver = false;
  return new Transform({
    transform(bytes: Buffer, _, done) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      while (!isOver && rest.length > 0) {
        if (left === 0) {
          if (rest.length < head) break;
          left = rest.readUInt32BE();
          rest = rest.subarray(head);
          if (left > largest) return done(new Error(`a frame of ${left} bytes`));
          if (left === 0) {
            isOver = true;
            this.push(null);
          }
          continue;
        }
        const part = rest.subarray(0, left);
        this.push(part);
        left -= part.length;
        rest = rest.subarray(part.length);
      }
      done();
    },
    flush(done) {
      done(isOver ? null : Object.assign(new Error("the connection was cut"), { code: "ECONNRESET" }));
    },
  });
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(head);
  length.writeUInt32BE(bytes);
  return length;
}

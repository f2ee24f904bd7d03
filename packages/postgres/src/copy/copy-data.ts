/** Type byte of CopyData, "d": the message that carries rows. https://www.postgresql.org/docs/current/protocol-message-formats.html */
const copyData = 0x64;
const headerLength = 5;

/**
 * Tells rows apart from all else that a server sends during COPY TO STDOUT. The server frames every row alone; here the
 * frames go, so that what comes out is one run of COPY text. It never waits for the whole of a message: rows may be 1 GB.
 */
export class CopyDataFilter {
  #isRow = false;
  #headerSeen = 0;
  /** Bytes of the message at hand that are to come, as far as its header was seen. */
  #rest = 0;

  /**
   * @param chunk as it came from the network, cut anywhere. Its memory is used again for the rows.
   * @returns rows, and the other messages' bytes, header and all; both in order, either may be empty.
   */
  take(chunk: Buffer): { readonly rows: Buffer; readonly others: Buffer } {
    const others: Buffer[] = [];
    let start = -1;
    let end = 0;
    for (let at = 0; at < chunk.length; ) {
      const from = at;
      if (this.#headerSeen < headerLength) {
        at = this.#readHeader(chunk, at);
        if (!this.#isRow) others.push(Buffer.from(chunk.subarray(from, at)));
        if (this.#headerSeen < headerLength) break;
      } else {
        at = Math.min(chunk.length, at + this.#rest);
        this.#rest -= at - from;
        if (!this.#isRow) others.push(Buffer.from(chunk.subarray(from, at)));
        else if (start < 0) [start, end] = [from, at];
        else end = moveDown(chunk, end, from, at);
      }
      if (this.#rest === 0) this.#headerSeen = 0;
    }
    return { rows: chunk.subarray(Math.max(start, 0), end), others: Buffer.concat(others) };
  }

  #readHeader(chunk: Buffer, at: number): number {
    while (this.#headerSeen < headerLength && at < chunk.length) {
      const byte = chunk[at++] as number;
      if (this.#headerSeen++ === 0) {
        this.#isRow = byte === copyData;
        this.#rest = 0;
      } else {
        this.#rest = this.#rest * 256 + byte;
      }
    }
    // The length in a header counts itself.
    if (this.#headerSeen === headerLength) this.#rest -= 4;
    return at;
  }
}

/** Moves bytes [from, to) of a chunk down to `target`. @returns where they end. */
function moveDown(chunk: Buffer, target: number, from: number, to: number): number {
  // A call into native code costs more than the bytes of a short row.
  if (to - from > 64) {
    chunk.copyWithin(target, from, to);
    return target + to - from;
  }
  for (let at = from; at < to; at++) chunk[target++] = chunk[at] as number;
  return target;
}

/** The header of a CopyData message with so many bytes of rows. */
export function copyDataHeader(bytes: number): Buffer {
  const header = Buffer.allocUnsafe(headerLength);
  header[0] = copyData;
  header.writeUInt32BE(bytes + 4, 1);
  return header;
}

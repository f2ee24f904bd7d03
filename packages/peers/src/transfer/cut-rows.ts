const newline = 0x0a;

/** A piece of a stream of rows. */
export interface Piece {
  readonly bytes: Buffer;
  /** Whether a chunk ends with it. */
  readonly last: boolean;
}

/**
 * Cuts COPY text into chunks of whole rows: the first row that goes over the size is the last of its chunk. COPY writes a line feed
 * within a value as `\n`, so that every one that is there ends a row. Memory holds no more than what comes in at once.
 */
export class RowCutter {
  readonly #size: number;
  #filled = 0;

  /** @param size bytes from which a chunk is full */
  constructor(size: number) {
    this.#size = size;
  }

  *cut(bytes: Buffer): Generator<Piece> {
    let from = 0;
    while (from < bytes.length) {
      const full = this.#size - this.#filled;
      // What is in the chunk already may be too large: the row that is under way ends it.
      const end = bytes.indexOf(newline, from + Math.max(0, full - 1));
      if (end === -1) {
        this.#filled += bytes.length - from;
        yield { bytes: bytes.subarray(from), last: false };
        return;
      }
      yield { bytes: bytes.subarray(from, end + 1), last: true };
      this.#filled = 0;
      from = end + 1;
    }
  }
}

/** The bytes ended before what was to come. */
export class EndOfBytes extends Error {}

/** Takes a stream apart, in pieces of a known length; never more than a chunk of it is in memory. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Buffer>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** Exactly so many, in one piece: few. @returns undefined when not one is left. @throws EndOfBytes when there are fewer */
  async take(length: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const part = await this.#some(missing);
      if (!part) break;
      parts.push(part);
      missing -= part.length;
    }
    if (missing === length) return undefined;
    if (missing > 0) throw new EndOfBytes(`it ends ${missing} bytes early`);
    return Buffer.concat(parts);
  }

  /** The next so many, as they come. @throws EndOfBytes when there are fewer */
  async *stream(length: number): AsyncGenerator<Buffer> {
    for (let missing = length; missing > 0; ) {
      const part = await this.#some(missing);
      if (!part) throw new EndOfBytes(`it ends ${missing} bytes early`);
      missing -= part.length;
      yield part;
    }
  }

  async #some(most: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) return undefined;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }
}

/**
 * Looks for many words in a stream at once, wherever its parts are cut (Wu and Manber's algorithm, with blocks of two bytes): it
 * steps over what cannot end a word, so the more bytes the shortest word has, the fewer of the stream are looked at.
 */
export class WordSearch<Name> {
  readonly #words: readonly { readonly bytes: Buffer; readonly name: Name }[];
  /** The shortest word's length: all are compared by their first so many bytes. */
  readonly #window: number;
  readonly #longest: number;
  /** How far to step when the window ends with these two bytes. */
  readonly #steps: Uint8Array;
  /** Words by the two bytes at the end of the window. */
  readonly #ending = new Map<number, { readonly bytes: Buffer; readonly name: Name }[]>();
  #rest: Buffer = Buffer.alloc(0);

  /** @param words of two bytes or more each. */
  constructor(words: Iterable<readonly [word: Buffer, name: Name]>) {
    this.#words = [...words].map(([bytes, name]) => ({ bytes, name }));
    const lengths = this.#words.map(({ bytes }) => bytes.length);
    this.#window = Math.min(256, ...lengths);
    this.#longest = Math.max(0, ...lengths);
    if (this.#words.length && this.#window < 2) throw new Error("a word to look for is too short");
    this.#steps = new Uint8Array(65_536).fill(this.#window - 1);
    for (const word of this.#words) {
      for (let end = 1; end < this.#window; end++) {
        const block = word.bytes.readUInt16BE(end - 1);
        this.#steps[block] = Math.min(this.#steps[block] as number, this.#window - 1 - end);
      }
      const last = word.bytes.readUInt16BE(this.#window - 2);
      this.#ending.set(last, [...(this.#ending.get(last) ?? []), word]);
    }
  }

  /** The names of words that end in this part of the stream, each as often as it is there; it need not be a word's first part. */
  take(part: Buffer): Name[] {
    if (!this.#words.length) return [];
    const text = Buffer.concat([this.#rest, part]);
    const found: Name[] = [];
    // A word that begins in the last bytes may go on in the next part: it is looked for then.
    const decided = Math.max(0, text.length - this.#longest + 1);
    for (let end = this.#window - 1; end < text.length; ) {
      const start = end - this.#window + 1;
      if (start >= decided) break;
      const block = ((text[end - 1] as number) << 8) | (text[end] as number);
      const step = this.#steps[block] as number;
      if (step === 0) found.push(...this.#at(text, start, block));
      end += step || 1;
    }
    this.#rest = text.subarray(decided);
    return found;
  }

  /** The stream has ended: what is in its last bytes. */
  end(): Name[] {
    const text = this.#rest;
    this.#rest = Buffer.alloc(0);
    return this.#words.filter(({ bytes }) => text.includes(bytes)).map(({ name }) => name);
  }

  #at(text: Buffer, start: number, block: number): Name[] {
    return (this.#ending.get(block) ?? [])
      .filter(({ bytes }) => text.compare(bytes, 0, bytes.length, start, start + bytes.length) === 0)
      .map(({ name }) => name);
  }
}

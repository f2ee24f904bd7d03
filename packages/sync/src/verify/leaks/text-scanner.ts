import { encodingBits } from "./bytes.ts";
import { decode } from "./decodings.ts";
import type { Finds } from "./finds.ts";
import type { Fingerprints } from "./fingerprints.ts";
import { Hasher } from "./hash-bytes.ts";
import { fewestCharacters, fewestDigits, type Kind } from "./kind.ts";
import { mostCharacters } from "./normalize.ts";
import { NumberScanner } from "./number-scanner.ts";
import { SplitText } from "./split-text.ts";

/** What a text is. */
export interface Piece {
  /** Where it stands, for the report. */
  readonly place: string;
  /** It is what a masked column holds: a single word says something. */
  readonly isMasked: boolean;
  /** Something stood before it, so it may begin within a word. */
  readonly isContinued: boolean;
  /** Values that begin later belong to the next piece. */
  readonly until: number;
}

/** Searches pieces of text for values of {@link Fingerprints}, and what is encoded in them too. */
export class TextScanner {
  readonly #fingerprints: Fingerprints;
  readonly #finds: Finds;
  readonly #hasher: Hasher;
  readonly #numbers: NumberScanner;
  readonly #text = new SplitText();
  readonly #depth: number;
  /** For what was encoded in this one's text. */
  #inner: TextScanner | undefined;
  #place = "";

  constructor(fingerprints: Fingerprints, finds: Finds, depth = 0) {
    this.#fingerprints = fingerprints;
    this.#finds = finds;
    this.#hasher = new Hasher(fingerprints.seed);
    this.#numbers = new NumberScanner(fingerprints, finds);
    this.#depth = depth;
  }

  /** @param raw the text, from 0 up to `length`, which is `scanSize` at most. */
  scan(raw: Uint8Array, length: number, { place, isMasked, isContinued, until }: Piece): void {
    const text = this.#text;
    this.#place = place;
    text.split(raw, length, until);
    this.#scanPhrases();
    if (text.digits >= fewestDigits) {
      const end = text.firstWords < text.words ? (text.wordStarts[text.firstWords] as number) : text.length;
      this.#numbers.scan(text.bytes, text.length, place, end);
    }
    if (isMasked && !isContinued && text.words > 0) this.#scanWhole();
    if (this.#depth < deepest && ((text.bits & encodingBits) !== 0 || text.hasRuns)) {
      decode({ raw, length, isContinued, bits: text.bits, runs: text.runs }, this.#scanDecoded);
    }
  }

  #scanPhrases(): void {
    const { bytes, length, wordStarts, firstWords } = this.#text;
    for (let word = 0; word < firstWords; word++) {
      const start = wordStarts[word] as number;
      const beginning = this.#text.after(start, fewestCharacters);
      if (beginning > length) break;
      this.#hasher.hash(bytes, start, beginning);
      if (this.#fingerprints.hasBeginning("text", this.#hasher.low)) this.#scanFrom(word, start, beginning);
    }
  }

  /** All phrases that begin with one word. */
  #scanFrom(word: number, start: number, beginning: number): void {
    const { words, wordStarts, wordEnds } = this.#text;
    const cut = this.#text.after(start, mostCharacters);
    for (let last = word; last < words; last++) {
      const end = wordEnds[last] as number;
      if (end < beginning) continue;
      if (end > cut) {
        if ((wordStarts[last] as number) < cut) this.#check("text", start, cut);
        return;
      }
      this.#check("text", start, end);
    }
  }

  #scanWhole(): void {
    const { words, wordStarts, wordEnds } = this.#text;
    const start = wordStarts[0] as number;
    const end = wordEnds[words - 1] as number;
    if (end <= this.#text.after(start, mostCharacters)) this.#check("whole", start, end);
  }

  #check(kind: Kind, start: number, end: number): void {
    const { bytes } = this.#text;
    this.#hasher.hash(bytes, start, end);
    if (!this.#fingerprints.has(kind, this.#hasher.high, this.#hasher.low)) return;
    const value = Buffer.from(bytes.buffer, start, end - start).toString();
    if (!this.#fingerprints.isAllowed(value)) this.#finds.add(kind, value, this.#place);
  }

  readonly #scanDecoded = (decoded: Buffer) => {
    this.#inner ??= new TextScanner(this.#fingerprints, this.#finds, this.#depth + 1);
    const { length } = decoded;
    this.#inner.scan(decoded, length, { place: this.#place, isMasked: false, isContinued: false, until: length });
  };
}

/** JSON in base64 in a URL in JSON is looked into; what is wrapped more often is not. */
const deepest = 3;

import { type Field, FieldScanner } from "./field-scanner.ts";
import type { Finds } from "./finds.ts";
import type { Fingerprints } from "./fingerprints.ts";

/** The fields of each row of a stream. `labelled`: the first field names the place of the others, instead of being searched. */
export interface Row {
  readonly fields: readonly Field[];
  readonly labelled: boolean;
}

/** Searches rows in COPY's text format, in parts of any size. */
export class CopyScanner {
  readonly #scanner: FieldScanner;
  readonly #row: Row;
  #fields: readonly Field[];
  #column = 0;
  #isEscaped = false;
  #label: number[] = [];
  /** Since it was last asked. */
  #rows = 0;

  constructor(fingerprints: Fingerprints, finds: Finds, row: Row) {
    this.#scanner = new FieldScanner(fingerprints, finds);
    this.#row = row;
    this.#fields = row.fields;
  }

  takeRows(): number {
    const rows = this.#rows;
    this.#rows = 0;
    return rows;
  }

  read(chunk: Uint8Array): void {
    let start = this.#isEscaped ? this.#unescape(chunk, 0) : 0;
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if ((byte > lineFeed || (byte !== lineFeed && byte !== tab)) && byte !== backslash) continue;
      if (at > start) this.#write(chunk, start, at);
      start = at + 1;
      if (byte !== backslash) this.#endField(byte === lineFeed);
      else {
        start = this.#unescape(chunk, start);
        at = start - 1;
      }
    }
    if (chunk.length > start) this.#write(chunk, start, chunk.length);
  }

  /** Take what follows a backslash, which may be in the next part. @returns where to go on. */
  #unescape(chunk: Uint8Array, at: number): number {
    const byte = chunk[at];
    this.#isEscaped = byte === undefined;
    // A NULL is nothing to search.
    if (byte !== undefined && byte !== capitalN) this.#write(unescaped, byte, byte + 1);
    return at + 1;
  }

  #write(bytes: Uint8Array, from: number, to: number): void {
    if (this.#isLabel()) this.#label.push(...bytes.subarray(from, to));
    else this.#scanner.write(bytes, from, to, this.#fields[this.#column] as Field);
  }

  #endField(isLast: boolean): void {
    if (this.#isLabel()) this.#endLabel();
    else this.#scanner.end(this.#fields[this.#column] as Field);
    if (isLast) {
      this.#column = 0;
      this.#rows++;
    } else this.#column++;
  }

  #isLabel(): boolean {
    return this.#row.labelled && this.#column === 0;
  }

  #endLabel(): void {
    const place = Buffer.from(this.#label).toString();
    this.#label = [];
    this.#fields = this.#row.fields.map((field) => ({ ...field, place }));
  }
}

const tab = 9;
const lineFeed = 10;
const backslash = 0x5c;
const capitalN = 0x4e;
/** By the letter after a backslash, what it stands for: mostly itself. */
const unescaped = new Uint8Array(256).map((_, byte) => byte);
for (const [letter, byte] of Object.entries({ b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 })) {
  unescaped[letter.charCodeAt(0)] = byte;
}

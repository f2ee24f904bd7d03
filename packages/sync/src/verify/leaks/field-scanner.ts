import type { Finds } from "./finds.ts";
import type { Fingerprints } from "./fingerprints.ts";
import { fewestCharacters } from "./kind.ts";
import { scanSize } from "./split-text.ts";
import { TextScanner } from "./text-scanner.ts";

/** Where a field stands, and what it means there. */
export interface Field {
  readonly place: string;
  /** Of a column that a mask rules whole: a single word says something there. */
  readonly isMasked: boolean;
  /** It comes as hexadecimal digits, two a byte. */
  readonly isHex: boolean;
}

/** Searches fields of any size, that come byte by byte, in pieces that overlap. */
export class FieldScanner {
  readonly #scanner: TextScanner;
  readonly #bytes = new Uint8Array(scanSize);
  #length = 0;
  /** Not the field's first piece. */
  #isContinued = false;
  #nibble = -1;

  constructor(fingerprints: Fingerprints, finds: Finds) {
    this.#scanner = new TextScanner(fingerprints, finds);
  }

  /** More of a field: the bytes from `from` up to `to`. */
  write(bytes: Uint8Array, from: number, to: number, field: Field): void {
    if (field.isHex) {
      for (let at = from; at < to; at++) this.#putDigit(bytes[at] as number, field);
      return;
    }
    const own = this.#bytes;
    let length = this.#length;
    for (let at = from; at < to; at++) {
      own[length++] = bytes[at] as number;
      if (length < scanSize) continue;
      this.#scanPiece(field);
      length = overlap;
    }
    this.#length = length;
  }

  end(field: Field): void {
    // What is shorter could only be a single word.
    if (this.#length >= fewestCharacters || (this.#length > 0 && field.isMasked)) {
      const { place, isMasked } = field;
      this.#scanner.scan(this.#bytes, this.#length, {
        place,
        isMasked,
        isContinued: this.#isContinued,
        until: scanSize,
      });
    }
    this.#length = 0;
    this.#isContinued = false;
    this.#nibble = -1;
  }

  #putDigit(digit: number, field: Field): void {
    const nibble = digit & 0x40 ? (digit & 7) + 9 : digit & 15;
    if (this.#nibble < 0) {
      this.#nibble = nibble;
      return;
    }
    this.#bytes[this.#length++] = (this.#nibble << 4) | nibble;
    this.#nibble = -1;
    if (this.#length < scanSize) return;
    this.#scanPiece(field);
    this.#length = overlap;
  }

  /** What may begin a value that ends in the next piece is kept for that. */
  #scanPiece({ place }: Field): void {
    const until = scanSize - overlap;
    this.#scanner.scan(this.#bytes, scanSize, { place, isMasked: false, isContinued: this.#isContinued, until });
    this.#bytes.copyWithin(0, until);
    this.#isContinued = true;
  }
}

/** Bytes; the longest value looked for takes a tenth of it, however it is encoded. A multiple of four, as base64 is. */
const overlap = 4_096;

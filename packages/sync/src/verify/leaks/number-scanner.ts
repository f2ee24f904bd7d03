import type { Finds } from "./finds.ts";
import type { Fingerprints } from "./fingerprints.ts";
import { Hasher } from "./hash-bytes.ts";
import { fewestCharacters, fewestDigits, mostDigits } from "./kind.ts";

/** Searches normalized text for long numbers, however their digits are grouped: `0170 / 123-45 67`. */
export class NumberScanner {
  readonly #fingerprints: Fingerprints;
  readonly #finds: Finds;
  readonly #hasher: Hasher;
  /** Groups of digits that could be one number. */
  readonly #starts = new Int32Array(mostGroups);
  readonly #ends = new Int32Array(mostGroups);
  #groups = 0;
  readonly #number = Buffer.alloc(mostDigits);
  #looked = 0;

  constructor(fingerprints: Fingerprints, finds: Finds) {
    this.#fingerprints = fingerprints;
    this.#finds = finds;
    this.#hasher = new Hasher(fingerprints.seed);
  }

  /** @param until numbers that begin later belong to the next piece. */
  scan(text: Uint8Array, length: number, place: string, until: number): void {
    this.#groups = 0;
    this.#looked = 0;
    for (let at = 0; at < length; at++) {
      if (!isDigit(text, at)) continue;
      const start = at;
      while (at < length && isDigit(text, at)) at++;
      if (this.#groups > 0 && !isJoint(text, this.#ends[this.#groups - 1] as number, start))
        this.#scanGroups(text, place);
      if (start >= until && this.#groups === 0) break;
      if (this.#groups === mostGroups) this.#forgetFirst(text, place);
      this.#starts[this.#groups] = start;
      this.#ends[this.#groups++] = at;
      if (this.#endsInDate(text)) {
        this.#groups -= 3;
        this.#scanGroups(text, place);
      }
    }
    this.#scanGroups(text, place);
    if (this.#looked > 0) this.#finds.countNumbers(place, this.#looked);
  }

  #scanGroups(text: Uint8Array, place: string): void {
    for (let first = 0; first < this.#groups; first++) this.#scanFrom(text, first, place);
    this.#groups = 0;
  }

  /** A list of numbers can be without end. */
  #forgetFirst(text: Uint8Array, place: string): void {
    this.#scanFrom(text, 0, place);
    this.#starts.copyWithin(0, 1);
    this.#ends.copyWithin(0, 1);
    this.#groups--;
  }

  /** All numbers that begin with one group. */
  #scanFrom(text: Uint8Array, first: number, place: string): void {
    let digits = 0;
    for (let last = first; last < this.#groups; last++) {
      const start = this.#starts[last] as number;
      const end = this.#ends[last] as number;
      if (digits + end - start > mostDigits) return;
      for (let at = start; at < end; at++) this.#number[digits++] = text[at] as number;
      if (digits < fewestDigits || this.#isDecimal(text, first, last)) continue;
      this.#looked++;
      this.#hasher.hash(this.#number, 0, fewestCharacters);
      if (!this.#fingerprints.hasBeginning("digits", this.#hasher.low)) return;
      this.#check(digits, place);
    }
  }

  #check(digits: number, place: string): void {
    this.#hasher.hash(this.#number, 0, digits);
    if (!this.#fingerprints.has("digits", this.#hasher.high, this.#hasher.low)) return;
    const value = this.#number.toString("latin1", 0, digits);
    if (!this.#fingerprints.isAllowed(value)) this.#finds.add("digits", value, place);
  }

  /** `52.5200066`, `33.123456 00`: a telephone number has more dots, or none. */
  #isDecimal(text: Uint8Array, first: number, last: number): boolean {
    let dots = 0;
    for (let group = first; group < last; group++) {
      const end = this.#ends[group] as number;
      if (text[end] === dot && this.#starts[group + 1] === end + 1) dots++;
    }
    return dots === 1;
  }

  /** `2024-12-31`, `2024/12/31`, `2024.12.31`: of which a telephone number would be made up with what follows. */
  #endsInDate(text: Uint8Array): boolean {
    const year = this.#groups - 3;
    if (year < 0) return false;
    const start = this.#starts[year] as number;
    const isLong = (this.#ends[this.#groups - 1] as number) - start === "2024-12-31".length;
    const separator = text[start + 4];
    if (!isLong || separator !== text[start + 7] || separator === blank) return false;
    return (
      (this.#ends[year] as number) === start + 4 &&
      (this.#ends[year + 1] as number) === start + 7 &&
      isCentury(text, start)
    );
  }
}

const mostGroups = 32;
const blank = 32;
const dot = 46;
/** By byte: 1 if it may stand between the digits of one number. */
const joints = new Uint8Array(256);
for (const character of " -./()") joints[character.charCodeAt(0)] = 1;

function isDigit(text: Uint8Array, at: number): boolean {
  return ((text[at] as number) ^ 0x30) < 10;
}

/** Whether what stands between two groups lets them be one number. */
function isJoint(text: Uint8Array, from: number, to: number): boolean {
  if (to - from > 3) return false;
  for (let at = from; at < to; at++) if (joints[text[at] as number] === 0) return false;
  return true;
}

/** 19.. or 20.. */
function isCentury(text: Uint8Array, at: number): boolean {
  return (text[at] === 49 && text[at + 1] === 57) || (text[at] === 50 && text[at + 1] === 48);
}

import { randomBytes } from "node:crypto";
import type { Fingerprint } from "../../mask/masker.ts";
import { Bloom } from "./bloom.ts";
import { Hasher } from "./hash-bytes.ts";
import { fewestCharacters, fewestDigits, type Kind, kindOf, mostDigits } from "./kind.ts";
import { digitsOf, normalize } from "./normalize.ts";

/** What a copy is searched for: fingerprints of personal values, never the values. Of fixed size, whatever is added. */
export class Fingerprints {
  /** Of every hash; another one in every run. */
  readonly seed = randomBytes(8).readBigInt64LE();
  readonly #hasher = new Hasher(this.seed);
  readonly #values: Bloom;
  readonly #beginnings: Uint32Array;
  readonly #allowed: ReadonlySet<string>;
  /** Of places in `#beginnings`, whose number is a power of two. */
  readonly #mask: number;
  #count = 0;

  /**
   * @param options.expected about how many values will be added, as `expectedValues` tells.
   * @param options.allowed values that may stand in the copy: what masks give, and what the policy allows.
   */
  constructor({ expected, allowed }: { expected: number; allowed: Iterable<string> }) {
    this.#values = new Bloom(expected, mostBytes);
    this.#beginnings = new Uint32Array(2 ** Math.min(21, Math.max(12, Math.ceil(Math.log2(expected / 8 + 1)))));
    this.#mask = this.#beginnings.length * 32 - 1;
    this.#allowed = new Set([...allowed].map(normalize).flatMap((value) => [value, digitsOf(value)]));
  }

  /** Different ones that were added, about. */
  get count(): number {
    return this.#count;
  }

  /** Memory, bytes. */
  get bytes(): number {
    return this.#values.bytes + this.#beginnings.byteLength;
  }

  /** Add what a server has hashed. @param beginning low half of the hash of its first six characters. */
  add(kind: Kind, high: number, low: number, beginning: number): void {
    if (!this.#values.add(high ^ salts[kind], low)) this.#count++;
    if (kind === "whole") return;
    const place = this.#beginning(kind, beginning);
    this.#beginnings[place >>> 5] = (this.#beginnings[place >>> 5] as number) | (1 << (place & 31));
  }

  /** Add a raw value that came to this process itself, e.g. of a graph. */
  addValue(raw: string, fingerprint: Fingerprint): void {
    for (const [kind, value] of formsOf(raw, fingerprint)) {
      const bytes = Buffer.from(value);
      this.#hasher.hash(bytes, 0, Buffer.byteLength([...value].slice(0, fewestCharacters).join("")));
      const beginning = this.#hasher.low;
      this.#hasher.hash(bytes, 0, bytes.length);
      this.add(kind, this.#hasher.high, this.#hasher.low, beginning);
    }
  }

  /** Whether some value may begin with what hashes to this. */
  hasBeginning(kind: "text" | "digits", low: number): boolean {
    const place = this.#beginning(kind, low);
    return ((this.#beginnings[place >>> 5] as number) & (1 << (place & 31))) !== 0;
  }

  has(kind: Kind, high: number, low: number): boolean {
    return this.#values.has(high ^ salts[kind], low);
  }

  /** Whether a normalized value may stand in the copy. */
  isAllowed(normalized: string): boolean {
    return this.#allowed.has(normalized);
  }

  #beginning(kind: "text" | "digits", low: number): number {
    return (kind === "text" ? low : low ^ salts.digits) & this.#mask;
  }
}

/** The forms in which a raw value is looked for. SQL's twin: `formsSql`. */
export function formsOf(raw: string, fingerprint: Fingerprint): [Kind, string][] {
  const value = normalize(raw);
  if (value === "") return [];
  const digits = digitsOf(value);
  const isLong = digits.length >= fewestDigits && digits.length <= mostDigits && digits !== value;
  return [
    [kindOf(value), value],
    ...(fingerprint === "digits" && isLong ? [["digits", digits] as [Kind, string]] : []),
  ];
}

const mostBytes = 40 * 1_024 * 1_024;

/** So that one set holds all kinds. */
const salts: Readonly<Record<Kind, number>> = { text: 0, digits: 0x2545f491, whole: 0x5bd1e995 };

/**
 * Postgres' `hash_bytes_extended` (Bob Jenkins' lookup3 as in src/common/hashfn.c, little-endian): what `hashtextextended`
 * gives for a text in collation "C". No allocation: the result is left in `high` and `low`, signed 32-bit halves.
 */
export class Hasher {
  high = 0;
  low = 0;
  /** Three numbers for each length of a short text: what a hash begins with. */
  readonly #beginnings = new Int32Array(3 * shortLengths);
  readonly #seed: bigint;

  /** @param seed signed 64 bits, as hashtextextended takes it. */
  constructor(seed: bigint) {
    this.#seed = seed;
    for (let length = 0; length < shortLengths; length++) this.#beginnings.set(begin(length, seed), 3 * length);
  }

  /** Hash the bytes from `start` up to `end`. */
  hash(bytes: Uint8Array, start: number, end: number): void {
    let left = end - start;
    const isShort = left < shortLengths;
    const beginning = isShort ? this.#beginnings : begin(left, this.#seed);
    const first = isShort ? 3 * left : 0;
    let a = beginning[first] as number;
    let b = beginning[first + 1] as number;
    let c = beginning[first + 2] as number;
    let at = start;
    for (; left >= 12; left -= 12, at += 12) {
      a = (a + word(bytes, at)) | 0;
      b = (b + word(bytes, at + 4)) | 0;
      c = (c + word(bytes, at + 8)) | 0;
      // mix(a, b, c): a call would not hand three numbers back without an allocation.
      a = ((a - c) ^ ((c << 4) | (c >>> 28))) | 0;
      c = (c + b) | 0;
      b = ((b - a) ^ ((a << 6) | (a >>> 26))) | 0;
      a = (a + c) | 0;
      c = ((c - b) ^ ((b << 8) | (b >>> 24))) | 0;
      b = (b + a) | 0;
      a = ((a - c) ^ ((c << 16) | (c >>> 16))) | 0;
      c = (c + b) | 0;
      b = ((b - a) ^ ((a << 19) | (a >>> 13))) | 0;
      a = (a + c) | 0;
      c = ((c - b) ^ ((b << 4) | (b >>> 28))) | 0;
      b = (b + a) | 0;
    }
    a = (a + tail(bytes, at, left, 0)) | 0;
    b = (b + tail(bytes, at, left, 4)) | 0;
    // The lowest byte of the third word is the length's.
    c = (c + (tail(bytes, at, left, 8) << 8)) | 0;
    // final(a, b, c)
    c = ((c ^ b) - ((b << 14) | (b >>> 18))) | 0;
    a = ((a ^ c) - ((c << 11) | (c >>> 21))) | 0;
    b = ((b ^ a) - ((a << 25) | (a >>> 7))) | 0;
    c = ((c ^ b) - ((b << 16) | (b >>> 16))) | 0;
    a = ((a ^ c) - ((c << 4) | (c >>> 28))) | 0;
    b = ((b ^ a) - ((a << 14) | (a >>> 18))) | 0;
    c = ((c ^ b) - ((b << 24) | (b >>> 8))) | 0;
    this.high = b;
    this.low = c;
  }
}

const shortLengths = 400;

/** What a text's length and the seed make of the three numbers. */
function begin(length: number, seed: bigint): Int32Array {
  const start = (0x9e3779b9 + length + 3923095) | 0;
  let [a, b, c] = [start, start, start];
  if (seed !== 0n) {
    a = (a + Number(BigInt.asIntN(32, seed >> 32n))) | 0;
    b = (b + Number(BigInt.asIntN(32, seed))) | 0;
    // mix(a, b, c)
    a = ((a - c) ^ ((c << 4) | (c >>> 28))) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ ((a << 6) | (a >>> 26))) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ ((b << 8) | (b >>> 24))) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ ((c << 16) | (c >>> 16))) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ ((a << 19) | (a >>> 13))) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ ((b << 4) | (b >>> 28))) | 0;
    b = (b + a) | 0;
  }
  return new Int32Array([a, b, c]);
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** Up to four of the last bytes, from `skip` on. */
function tail(bytes: Uint8Array, at: number, left: number, skip: number): number {
  if (left >= skip + 4) return word(bytes, at + skip);
  let value = 0;
  for (let index = left - 1; index >= skip; index--) value = (value << 8) | (bytes[at + index] as number);
  return value;
}

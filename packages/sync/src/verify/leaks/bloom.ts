/** A set of 64-bit fingerprints that never misses one that was added, and seldom claims one that was not. Its memory is fixed. */
export class Bloom {
  readonly bytes: number;
  readonly #bits: Uint32Array;
  readonly #probes: number;

  /**
   * @param expected how many will be added; more only make false claims likelier.
   * @param mostBytes memory that it may take.
   */
  constructor(expected: number, mostBytes: number) {
    const wanted = Math.max(expected, 1_000) * bitsEach;
    const words = Math.min(Math.ceil(wanted / 32), Math.floor(mostBytes / 4));
    this.#bits = new Uint32Array(words);
    this.bytes = words * 4;
    const bitsPerValue = (words * 32) / Math.max(expected, 1_000);
    this.#probes = Math.max(1, Math.min(16, Math.round(bitsPerValue * Math.LN2)));
  }

  /** @returns whether it was there already, or seemed so. */
  add(high: number, low: number): boolean {
    let known = true;
    let at = low >>> 0;
    for (let probe = 0; probe < this.#probes; probe++, at = (at + (high | 1)) >>> 0) {
      const place = this.#place(at);
      const word = this.#bits[place >>> 5] as number;
      const bit = 1 << (place & 31);
      if (word & bit) continue;
      known = false;
      this.#bits[place >>> 5] = word | bit;
    }
    return known;
  }

  has(high: number, low: number): boolean {
    let at = low >>> 0;
    for (let probe = 0; probe < this.#probes; probe++, at = (at + (high | 1)) >>> 0) {
      const place = this.#place(at);
      if (((this.#bits[place >>> 5] as number) & (1 << (place & 31))) === 0) return false;
    }
    return true;
  }

  /** Spread 32 bits over all places. */
  #place(at: number): number {
    return Math.floor((at / 2 ** 32) * this.#bits.length * 32);
  }
}

/** With sixteen probes: two false claims in a billion. */
const bitsEach = 48;

/** Counts what an address tries, or what is tried of a name: so many in a quarter of an hour, which come back evenly. */
export class Attempts {
  readonly #most: number;
  readonly #clock: () => number;
  readonly #tried = new Map<string, { left: number; at: number }>();

  constructor(most: number, clock: () => number = Date.now) {
    this.#most = most;
    this.#clock = clock;
  }

  /** Take one. @returns 0, or the seconds until there is one again */
  take(who: string): number {
    const bucket = this.#bucket(who);
    if (bucket.left < 1) return Math.max(1, Math.ceil((1 - bucket.left) * this.#interval()));
    bucket.left--;
    return 0;
  }

  /** It was no wrong one. */
  giveBack(who: string): void {
    const bucket = this.#bucket(who);
    bucket.left = Math.min(this.#most, bucket.left + 1);
  }

  /** Seconds until one comes back. */
  #interval(): number {
    return 900 / this.#most;
  }

  #bucket(who: string): { left: number; at: number } {
    const now = this.#clock();
    const bucket = this.#tried.get(who) ?? { left: this.#most, at: now };
    bucket.left = Math.min(this.#most, bucket.left + Math.max(0, now - bucket.at) / 1_000 / this.#interval());
    bucket.at = now;
    if (this.#tried.size > 10_000) this.#forgetRested();
    this.#tried.set(who, bucket);
    return bucket;
  }

  /** Those that have all of theirs again need not be known. */
  #forgetRested(): void {
    const rested = this.#clock() - 900_000;
    for (const [who, { at }] of this.#tried) if (at < rested) this.#tried.delete(who);
  }
}

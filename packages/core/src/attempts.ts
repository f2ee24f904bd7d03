/** Counts what each caller does, so often a minute at most: a bucket that fills again evenly. */
export class Attempts {
  readonly #perMinute: number;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  /** @param clock ms */
  constructor(perMinute: number, clock: () => number) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** Whole seconds until a caller may try again; 0: it may now. */
  wait(caller: string): number {
    const { left } = this.#bucket(caller);
    return left >= 1 ? 0 : Math.max(1, Math.ceil(((1 - left) / this.#perMinute) * 60));
  }

  take(caller: string): void {
    this.#bucket(caller).left--;
  }

  #bucket(caller: string): { left: number; at: number } {
    const now = this.#clock();
    const bucket = this.#buckets.get(caller) ?? { left: this.#perMinute, at: now };
    bucket.left = Math.min(this.#perMinute, bucket.left + (Math.max(0, now - bucket.at) / 60_000) * this.#perMinute);
    bucket.at = now;
    // Those that are full need not be remembered.
    if (this.#buckets.size > 10_000) this.#buckets.clear();
    this.#buckets.set(caller, bucket);
    return bucket;
  }
}

import { SyncError } from "../sync-error.ts";

/** Lets each caller try so often a minute: a bucket that fills again evenly. */
export class Limiter {
  readonly #perMinute: number;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(perMinute: number, clock: () => number) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** Count an attempt. @throws SyncError 429 for who has none left */
  count(caller: string): void {
    const bucket = this.#bucket(caller);
    if (bucket.left < 1) {
      const retryAfter = Math.max(1, Math.ceil(((1 - bucket.left) / this.#perMinute) * 60));
      throw new SyncError(429, "too-many-requests", "Too many attempts", `Come again in ${retryAfter} s`, {
        retryAfter,
      });
    }
    bucket.left--;
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

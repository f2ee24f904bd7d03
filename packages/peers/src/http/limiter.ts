import { AgentError } from "../agent-error.ts";

/** Lets each address fail so often a minute: a bucket that fills again evenly. */
export class Limiter {
  readonly #perMinute: number;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(perMinute: number, clock: () => number = Date.now) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** @throws AgentError 429 for who has failed too often */
  check(caller: string): void {
    const { left } = this.#bucket(caller);
    if (left >= 1) return;
    const retryAfter = Math.max(1, Math.ceil(((1 - left) / this.#perMinute) * 60));
    const next = `Come again in ${retryAfter} s`;
    throw new AgentError(429, "too-many-requests", "Too many attempts", next, { retryAfter });
  }

  failed(caller: string): void {
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

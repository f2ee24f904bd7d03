import { Attempts } from "@understudy/core/light";
import { SyncError } from "../sync-error.ts";

/** Lets each caller try so often a minute. */
export class Limiter {
  readonly #attempts: Attempts;

  constructor(perMinute: number, clock: () => number) {
    this.#attempts = new Attempts(perMinute, clock);
  }

  /** Count an attempt. @throws SyncError 429 for who has none left */
  count(caller: string): void {
    const retryAfter = this.#attempts.wait(caller);
    if (retryAfter > 0) {
      const next = `Come again in ${retryAfter} s`;
      throw new SyncError(429, "too-many-requests", "Too many attempts", next, { retryAfter });
    }
    this.#attempts.take(caller);
  }
}

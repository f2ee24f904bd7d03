import { Attempts } from "@understudy/core/light";
import { AgentError } from "../agent-error.ts";

/** Lets each address fail so often a minute. */
export class Limiter {
  readonly #failures: Attempts;

  constructor(perMinute: number, clock: () => number = Date.now) {
    this.#failures = new Attempts(perMinute, clock);
  }

  /** @throws AgentError 429 for who has failed too often */
  check(caller: string): void {
    const retryAfter = this.#failures.wait(caller);
    if (retryAfter === 0) return;
    const next = `Come again in ${retryAfter} s`;
    throw new AgentError(429, "too-many-requests", "Too many attempts", next, { retryAfter });
  }

  failed(caller: string): void {
    this.#failures.take(caller);
  }
}

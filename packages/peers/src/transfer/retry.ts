import { setTimeout as sleep } from "node:timers/promises";
import { AgentError } from "../agent-error.ts";

const first = 250;
const longest = 15_000;

/** ms until the next attempt, drawn from the whole of 0.25 s, 0.5 s … 15 s ("full jitter"): peers that failed together do not come back together. */
export function waitAfter(failures: number, random: () => number): number {
  return Math.round(random() * Math.min(longest, first * 2 ** (failures - 1)));
}

export interface RetryOptions {
  /** Goes on for so long after the first failure, or after what worked beside it since, ms. */
  readonly patience: number;
  /** When something last worked beside it, ms of the clock. */
  readonly worked?: () => number;
  readonly mayPass: (error: unknown) => boolean;
  readonly signal?: AbortSignal | undefined;
  readonly random?: () => number;
  readonly clock?: () => number;
  readonly onFailure?: (error: unknown, failures: number) => void;
}

/** Try again what may pass later, and not before who refuses says that it may. @throws the last failure when patience is over, or at once what will not pass */
export async function withRetries<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { patience, mayPass, signal, random = Math.random, clock = Date.now, onFailure } = options;
  let firstFailure: number | undefined;
  for (let failures = 1; ; failures++) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      firstFailure ??= clock();
      const since = Math.max(firstFailure, options.worked?.() ?? 0);
      const wait = Math.max(waitAfter(failures, random), askedFor(error));
      if (!mayPass(error) || clock() + wait - since > patience) throw error;
      onFailure?.(error, failures);
      await sleep(wait, undefined, { signal });
    }
  }
}

/** ms that who refused asked to be left alone. */
function askedFor(error: unknown): number {
  return error instanceof AgentError ? 1_000 * (error.retryAfter ?? 0) : 0;
}

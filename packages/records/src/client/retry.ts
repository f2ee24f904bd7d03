import { setTimeout as sleep } from "node:timers/promises";
import { SyncError } from "../sync-error.ts";

export interface RetryOptions {
  /** After the first attempt. */
  readonly retries: number;
  /** From 0 up to, and without, 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

const first = 1_000;
const longest = 60_000;

/**
 * Try again what may pass later. Waits are drawn from the whole of 1 s, 2 s, 4 s … 60 s ("full jitter"), so that nodes which failed
 * together do not come back together; a server that says when to come is asked no earlier.
 * @throws the last failure, or at once what will not pass
 */
export async function withRetries<T>(work: () => Promise<T>, { retries, random, signal }: RetryOptions): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error) || failures > retries || signal.aborted) throw error;
      await sleep(waitAfter(failures, random, error), undefined, { signal });
    }
  }
}

/** ms until the next attempt. */
export function waitAfter(failures: number, random: () => number, error?: unknown): number {
  const asked = error instanceof SyncError ? (error.retryAfter ?? 0) * 1_000 : 0;
  return Math.max(asked, Math.round(random() * Math.min(longest, first * 2 ** (failures - 1))));
}

function mayPass(error: unknown): boolean {
  return error instanceof SyncError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

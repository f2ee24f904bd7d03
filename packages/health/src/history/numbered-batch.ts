import type { Batch } from "./batch.ts";

/** For tests of processes: a batch all of whose parts carry its number. */
export const names = Array.from({ length: 30 }, (_, index) => `check ${index}`);

/** ms since the epoch. */
export const begin = 1_728_000_000_000;

export function numberedBatch(n: number, checks: readonly string[] = names): Batch {
  return {
    at: begin + n * 1_000,
    results: checks.map((check) => ({ check, service: "n8n", status: "healthy", ms: 20 })),
    events: [{ kind: `batch ${n}`, text: "x".repeat(200) }],
    notices: [{ channel: "mail", key: `batch ${n}`, payload: { n } }],
    state: { n },
  };
}

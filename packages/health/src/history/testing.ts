import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { SeenResult } from "./batch.ts";
import { Store, type StoreOptions } from "./store.ts";

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The moment at which tests begin: the beginning of a day. ms since the epoch. */
export const start = 20_000 * day;

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "understudy-history-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new store with a clock that the test moves. */
export function newStore(options: Partial<StoreOptions> = {}) {
  const file = join(temporaryFolder(), "staging.sqlite");
  const clock = { now: start };
  const store = Store.open(file, { maxBytes: 1e8, historyDays: 365, now: () => clock.now, ...options });
  onTestFinished(() => store.close());
  const seen = (results: readonly Partial<SeenResult>[], at = clock.now) =>
    store.commit({ at, results: results.map((result) => ({ ...healthy, ...result })) });
  /** All of the upkeep that is due. */
  const compact = (now = clock.now) => {
    while (store.compact(now));
  };
  return { file, clock, store, seen, compact };
}

export const healthy: SeenResult = { check: "n8n readiness", service: "n8n", status: "healthy", ms: 20 };

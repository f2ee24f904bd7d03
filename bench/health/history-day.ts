import { Store } from "../../packages/health/src/history/store.ts";
import { checkName, isDown, latency, type Year } from "./history-year.ts";

/** ms, ascending. */
export interface DayTimes {
  readonly commits: readonly number[];
  /** Of each step of upkeep: a commit that comes meanwhile waits so long. */
  readonly steps: readonly number[];
}

/** The last day of a year through the store itself: every check's looks committed, upkeep every minute, by its own clock. */
export function writeDay(file: string, year: Year): DayTimes {
  let now = (year.end - 86_400) * 1_000;
  using store = Store.open(file, { maxBytes: 1e9, historyDays: 365, now: () => now });
  const commits: number[] = [];
  const steps: number[] = [];
  for (; now < year.end * 1_000; now += year.interval * 1_000) {
    commits.push(timed(() => store.commit({ at: now, results: looks(year, now) })));
    if (now % 60_000 === 0) {
      let more = true;
      while (more)
        steps.push(
          timed(() => {
            more = store.compact(now);
          }),
        );
    }
  }
  return { commits: commits.sort(ascending), steps: steps.sort(ascending) };
}

/** One look of every check. */
export function looks({ checks, interval }: Year, at: number) {
  return Array.from({ length: checks }, (_, index) => {
    const down = isDown(index, at / 1_000);
    return {
      check: checkName(index),
      service: "host",
      status: down ? ("unhealthy" as const) : ("healthy" as const),
      ms: latency(index),
      seen: down ? "connection refused" : `status 200 in ${latency(index)} ms`,
      interval: interval * 1_000,
    };
  });
}

export function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

export function ascending(a: number, b: number): number {
  return a - b;
}

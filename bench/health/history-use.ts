import { setTimeout as sleep } from "node:timers/promises";
import { openHistory } from "../../packages/health/src/history/history.ts";
import { ascending, looks } from "./history-day.ts";
import type { Year } from "./history-year.ts";
import { quantile } from "./lateness.ts";
import { processUse } from "./process-use.ts";

// node bench/health/history-use.ts <file> <year as JSON>
// A monitor's use of a full history, in a process of its own: its memory is nobody else's. Prints one line of JSON.

/** Medians in ms as the monitor's main thread sees them, and bytes. */
export interface Use {
  readonly commit: number;
  readonly onePage: number;
  readonly dayPage: number;
  readonly allPage: number;
  readonly uptime: number;
  readonly yearUptime: number;
  /** Resident before the history was opened, the most after it was only written, and the most after all. */
  readonly before: number;
  readonly writing: number;
  readonly peak: number;
}

/** ms until what fell due while nothing ran is packed. */
const upkeepAtFirst = 5_000;

if (import.meta.main) {
  const [file = "", json = ""] = process.argv.slice(2);
  const year: Year = JSON.parse(json);
  const before = process.memoryUsage().rss;
  const to = year.end * 1_000;
  const month = { from: to - 30 * 86_400_000, to };
  await using history = await openHistory(file, { maxBytes: 1e9, historyDays: 365 });
  await sleep(upkeepAtFirst);
  const use: Use = {
    commit: await median(60, (time) => history.commit(batch(year, to + time * year.interval * 1_000))),
    writing: processUse(process.pid).peak,
    onePage: await median(20, () => history.history({ ...month, check: "check 250", points: 720 })),
    dayPage: await median(5, () => history.history({ ...month, limit: 500, points: 30 })),
    allPage: await median(5, () => history.history({ ...month, limit: 500, points: 60 })),
    uptime: await median(5, () => history.uptime(month)),
    yearUptime: await median(5, () => history.uptime({ from: to - 365 * 86_400_000, to })),
    before,
    peak: processUse(process.pid).peak,
  };
  process.stdout.write(`${JSON.stringify(use)}\n`);
}

function batch(year: Year, at: number) {
  return { at, results: looks(year, at) };
}

async function median(times: number, work: (time: number) => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let time = 0; time < times; time++) {
    const began = performance.now();
    await work(time);
    took.push(performance.now() - began);
  }
  return quantile(took.sort(ascending), 0.5);
}

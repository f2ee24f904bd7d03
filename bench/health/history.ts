import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "../../packages/health/src/history/store.ts";
import { looks, writeDay } from "./history-day.ts";
import type { Use } from "./history-use.ts";
import { writeYear, type Year } from "./history-year.ts";
import { quantile } from "./lateness.ts";

/**
 * A year of 500 checks every 30 s: what it takes and how quickly it is read.
 * @returns Markdown, as docs/performance.md keeps it
 */
export function measureHistory(checks: number, say: (line: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), "bench-history-"));
  try {
    const file = join(folder, "bench.sqlite");
    const year: Year = { checks, interval: 30, end: Math.floor(Date.now() / 3_600_000) * 3_600 };
    beginSeries(file, year);
    writeYear(file, year, say);
    say("the last day, through the store");
    const { commits, steps } = writeDay(file, year);
    const bytes = statSync(file).size;
    say("reading it");
    const args = [join(import.meta.dirname, "history-use.ts"), file, JSON.stringify(year)];
    const use: Use = JSON.parse(execFileSync(process.execPath, [...process.execArgv, ...args]).toString());
    return show(checks, [
      ["file, MB", bytes / 1e6, "< 200"],
      ["30 days of one check (720 points), ms", use.onePage, "< 200"],
      [`30 days of all checks (${checks} × 30 points), ms`, use.dayPage, "< 200"],
      [`… (${checks} × 60 points), ms`, use.allPage, ""],
      ["uptime of all checks in 30 days, ms", use.uptime, "< 200"],
      ["… in a year, ms", use.yearUptime, ""],
      [`commit of ${checks} results, p50 ms`, quantile(commits, 0.5), ""],
      ["… p99 ms", quantile(commits, 0.99), ""],
      ["… as the monitor waits for it, p50 ms", use.commit, ""],
      ["step of upkeep, p99 ms", quantile(steps, 0.99), ""],
      ["… longest ms", quantile(steps, 1), "< 50"],
      ["memory of a process before it opens the history, MB", use.before / 1e6, ""],
      ["… the most while it only writes, MB", use.writing / 1e6, ""],
      ["… the most with these pages, MB", use.peak / 1e6, ""],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The first looks make the series. */
function beginSeries(file: string, year: Year): void {
  const at = (year.end - 365 * 86_400) * 1_000;
  using store = Store.open(file, { maxBytes: 1e9, historyDays: 365, now: () => at });
  store.commit({ at, results: looks(year, at) });
}

function show(checks: number, rows: readonly (readonly [string, number, string])[]): string {
  const lines = rows.map(([name, value, aim]) => `| ${name} | ${value.toFixed(1)} | ${aim} |`);
  const head = `### A year of history: ${checks} checks every 30 s`;
  return [head, "", "| | measured | aim |", "| --- | --- | --- |", ...lines, ""].join("\n");
}

if (import.meta.main) process.stdout.write(measureHistory(500, (line) => void process.stderr.write(`${line}\n`)));

import { parseArgs } from "node:util";
import { describeMachine } from "./deploy/report.ts";
import { measureHistory } from "./health/history.ts";
import { gatus, ours } from "./health/monitors.ts";
import { type Probed, probe } from "./health/probing.ts";
import { showProbing } from "./health/report.ts";

// node bench/health.ts [--checks 500] [--interval 30] [--minutes 3] [--alone] [--only probing|history]
// Our monitor beside Gatus: the same checks of the same target, one after the other. Then a year of history.
const { values } = parseArgs({
  options: {
    checks: { type: "string", default: "500" },
    interval: { type: "string", default: "30" },
    minutes: { type: "string", default: "3" },
    alone: { type: "boolean", default: false },
    only: { type: "string" },
  },
});
const { alone, only } = values;
const [checks, interval, minutes] = [Number(values.checks), Number(values.interval), Number(values.minutes)];
if (
  !(Number.isInteger(checks) && checks > 0 && interval > 0 && minutes > 0) ||
  (only !== undefined && !["probing", "history"].includes(only))
) {
  process.stderr.write(
    "node bench/health.ts [--checks <number>] [--interval <seconds>] [--minutes <number>] [--alone] [--only probing|history]\n",
  );
  process.exit(2);
}

const say = (line: string) => void process.stderr.write(`${line}\n`);
const before = describeMachine();
const tables: string[] = [];
if (only !== "history") tables.push(await compareProbing());
if (only !== "probing") tables.push(measureHistory(checks, say));
process.stdout.write(`Began: ${before}. Ended: ${describeMachine()}.\n\n${tables.join("\n")}`);

async function compareProbing(): Promise<string> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const trial = { checks, interval, minutes, signal: stop.signal };
  const peer = alone ? undefined : gatus();
  const rows: Probed[] = [];
  for (const monitor of [ours, ...(peer ? [peer] : [])]) {
    say(`probing: ${monitor.name}, ${minutes} min once all its checks have begun`);
    rows.push(await probe(monitor, trial));
  }
  return showProbing(rows, peer?.name, trial);
}

import { parseArgs } from "node:util";
import type { ScaleReport } from "../packages/deploy/src/scale.ts";
import { QueueStage } from "../packages/deploy/test/support/queue-stage.ts";
import { describeMachine } from "./deploy/report.ts";
import { measureRate, type Rate } from "./queue/rate.ts";

// pnpm bench:queue [--workers 1,2,4] [--seconds 20] [--callers 40]
// Executions that n8n ends in a second, called by webhook: one n8n for everything, and queue mode with so many workers.
const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "1,2,4" },
    seconds: { type: "string", default: "20" },
    callers: { type: "string", default: "40" },
  },
});
const workers = values.workers.split(",").map(Number);
const [seconds, callers] = [Number(values.seconds), Number(values.callers)];

/** How long an execution waits for something else, s. */
const waits = [0, 0.5];

interface Row {
  readonly what: string;
  readonly rates: readonly Rate[];
}

const say = (line: string) => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
const before = describeMachine();
const rows = [...(await alone()), ...(await withQueue())];
const base = rows[0]?.rates ?? [];
const shown = rows.map(({ what, rates }) => {
  const cells = rates.map(({ perSecond, median }, index) => {
    const ratio = perSecond / (base[index]?.perSecond ?? perSecond);
    return `${perSecond.toFixed(1)} | ${ratio.toFixed(2)} | ${Math.round(median)}`;
  });
  return `| ${what} | ${cells.join(" | ")} |`;
});
process.stdout.write(
  [
    `Began: ${before}. Ended: ${describeMachine()}. ${callers} callers, ${seconds} s each.`,
    "",
    `| | ${waits.map((wait) => `waits ${wait} s: a second | ratio | median ms`).join(" | ")} |`,
    `|---|${"---|".repeat(waits.length * 3)}`,
    ...shown,
    "",
  ].join("\n"),
);

async function alone(): Promise<Row[]> {
  say("one n8n");
  await using stage = await QueueStage.open({ portOffset: 18_000, mode: "regular" });
  return [{ what: "one n8n for everything", rates: await measure(stage) }];
}

async function withQueue(): Promise<Row[]> {
  await using stage = await QueueStage.open({ portOffset: 18_000 });
  const measured: Row[] = [];
  for (const count of workers) {
    say(`${count} workers`);
    await stage.installation.json<ScaleReport>("scale", `n8n-worker=${count}`);
    measured.push({ what: `queue mode, ${count} ${count === 1 ? "worker" : "workers"}`, rates: await measure(stage) });
  }
  return measured;
}

async function measure(stage: QueueStage): Promise<Rate[]> {
  const rates: Rate[] = [];
  for (const wait of waits) {
    await stage.prepareWorkflow(wait);
    const rate = await measureRate((n) => stage.call(n), { callers, seconds });
    say(`  waiting ${wait} s: ${rate.perSecond.toFixed(1)} a second, median ${Math.round(rate.median)} ms`);
    rates.push(rate);
  }
  return rates;
}

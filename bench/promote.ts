import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { describeMachine } from "./deploy/report.ts";
import { type Figure, measureData } from "./promote/data.ts";
import { changeWithOurs } from "./promote/ours.ts";
import { changeWithCompose } from "./promote/peer.ts";
import { readRates } from "./promote/rates.ts";
import { describeTrial, showFigures, showSeries } from "./promote/report.ts";
import { prepareServices } from "./promote/services.ts";
import { Stage } from "./promote/stage.ts";
import { type Series, type Setting, underLoad } from "./promote/under-load.ts";

const ways = ["quiet", "hold", "data", "compose", "without-hold"];

// pnpm bench:promote [--runs 5] [--rate 50,letta=20] [--writes 5] [--gigabytes 1] [--only quiet,hold]
// Promotions and rollbacks of the whole stack under load, and the same change with Docker Compose and without hold.
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    rate: { type: "string", default: "50" },
    writes: { type: "string", default: "5" },
    gigabytes: { type: "string", default: "1" },
    only: { type: "string", default: ways.join(",") },
  },
});
const runs = Number(values.runs);
const gigabytes = Number(values.gigabytes);
const only = values.only.split(",");
if (!(Number.isInteger(runs) && runs > 0 && gigabytes > 0 && only.every((way) => ways.includes(way)))) {
  process.stderr.write(
    `pnpm bench:promote [--runs <number>] [--rate 50,letta=20] [--writes 5] [--gigabytes 1] [--only ${ways}]\n`,
  );
  process.exit(2);
}
const rates = readRates(values.rate, values.writes);

const say = (line: string) => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
const before = describeMachine();
const series: Series[] = [];
const figures: Figure[] = [];
const parts = { quiet, hold, data, compose };
const together = Object.entries(parts).flatMap(([way, part]) => (only.includes(way) ? [part] : []));
if (together.length) await onStage(true, together);
if (only.includes("without-hold")) await onStage(false, [withoutHold]);
process.stdout.write(
  [
    `Began: ${before}. Ended: ${describeMachine()}.`,
    "",
    ...(series.length ? [showSeries(series, rates)] : []),
    ...(figures.length ? [showFigures(figures)] : []),
  ].join("\n"),
);

/** One after the other on one stage, which is removed at the end, and when the benchmark is stopped. */
async function onStage(withHold: boolean, work: readonly ((setting: Setting) => Promise<unknown>)[]): Promise<void> {
  await using stage = await Stage.open(withHold, say);
  const removeAndEnd = () => stage[Symbol.asyncDispose]().finally(() => process.exit(1));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, removeAndEnd);
  const setting = { stage, asked: await prepareServices(stage), rates, say };
  for (const part of work) await part(setting);
  process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM");
}

/** What the machine does with the load alone. */
async function quiet(setting: Setting): Promise<void> {
  const trial = await underLoad(setting, async () => {
    await sleep(60_000);
    return { seconds: 60 };
  });
  say(`no change: ${describeTrial(trial)}`);
  series.push({ name: "no change", trials: [trial] });
}

async function hold(setting: Setting): Promise<void> {
  series.push(...(await changeWithOurs(setting, runs, true)));
}

/** It shows what the hold is for: two runs are enough. */
async function withoutHold(setting: Setting): Promise<void> {
  series.push(...(await changeWithOurs(setting, Math.min(runs, 2), false)));
}

async function data({ stage }: Setting): Promise<void> {
  figures.push(...(await measureData(stage, gigabytes, say)));
}

/** The last one: it takes production's place. */
async function compose(setting: Setting): Promise<void> {
  series.push(await changeWithCompose(setting, runs));
}

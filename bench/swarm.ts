import { parseArgs } from "node:util";
import { describeMachine } from "./deploy/report.ts";
import { compareDeploys } from "./swarm/deploys.ts";
import { measureLosses } from "./swarm/losses.ts";
import { compareReplicas } from "./swarm/replicas.ts";
import { BenchStage } from "./swarm/stage.ts";

// pnpm bench:swarm [--only deploys|replicas|losses] [--runs 5] [--replicas 1,2,3] [--callers 48] [--seconds 15] [--losses 5]
// One small stack on a swarm of three machines, and on one. Needs root: the machines are namespaces of this one.
const { values } = parseArgs({
  options: {
    only: { type: "string", default: "deploys,replicas,losses" },
    runs: { type: "string", default: "5" },
    replicas: { type: "string", default: "1,2,3" },
    callers: { type: "string", default: "48" },
    seconds: { type: "string", default: "15" },
    losses: { type: "string", default: "5" },
  },
});
const [runs, callers, seconds, losses] = [values.runs, values.callers, values.seconds, values.losses].map(Number) as [
  number,
  number,
  number,
  number,
];
const counts = values.replicas.split(",").map(Number);
const say = (line: string) => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

const parts = {
  deploys: ["Deploys", `Medians of ${runs}, by turns.`, (stage: BenchStage) => compareDeploys(stage, runs, say)],
  replicas: [
    "Requests",
    `${callers} callers, ${seconds} s each.`,
    (stage: BenchStage) => compareReplicas(stage, { counts, callers, seconds }, say),
  ],
  losses: ["The loss of a worker", `${losses} times.`, (stage: BenchStage) => measureLosses(stage, losses, say)],
} as const;

await using stage = await BenchStage.open();
for (const only of values.only.split(",") as (keyof typeof parts)[]) {
  const [title, how, measure] = parts[only];
  const before = describeMachine();
  const shown = await measure(stage);
  process.stdout.write(`#### ${title}\n\n${how} Began: ${before}. Ended: ${describeMachine()}.\n\n${shown}\n`);
}

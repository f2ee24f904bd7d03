import { parseArgs } from "node:util";
import fc from "fast-check";
import { plans } from "../src/testing/plan.ts";
import { runPlan } from "../src/testing/run-plan.ts";

// pnpm test:chaos [--seeds 10000] [--first 1]
// Plans by seed, one after the other; the first that fails is told at once, and then made as small as it gets in five minutes.
// --first <seed> --seeds 1 repeats one.
const { values } = parseArgs({
  options: { seeds: { type: "string", default: "10000" }, first: { type: "string", default: "1" } },
});
const [seeds, first] = [Number(values.seeds), Number(values.first)];
if (!(Number.isInteger(seeds) && Number.isInteger(first) && seeds > 0)) {
  process.stderr.write("pnpm test:chaos [--seeds 10000] [--first 1]\n");
  process.exit(2);
}
const began = performance.now();
let steps = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const property = fc.asyncProperty(plans, async (plan) => {
    steps += plan.steps.length;
    await runPlan(plan);
  });
  const ran = await fc.check(property, { seed, numRuns: 1, endOnFailure: true });
  if (ran.failed) {
    process.stdout.write(`seed ${seed} fails after ${seed - first} that passed: ${ran.errorInstance}\n`);
    const smaller = await fc.check(property, { seed, numRuns: 1, interruptAfterTimeLimit: 300_000 });
    process.stdout.write(`${await fc.asyncDefaultReportMessage(smaller)}\n`);
    process.exit(1);
  }
  if ((seed - first + 1) % 100 === 0) process.stderr.write(`${seed - first + 1} of ${seeds} seeds, ${steps} steps\n`);
}
const seconds = (performance.now() - began) / 1_000;
process.stdout.write(`${seeds} seeds from ${first} on, ${steps} steps, no failure, ${seconds.toFixed(0)} s\n`);

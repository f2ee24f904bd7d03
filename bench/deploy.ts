import { parseArgs } from "node:util";
import { compareCold } from "./deploy/cold.ts";
import { measureFloor } from "./deploy/floor.ts";
import { compareNoChange } from "./deploy/no-change.ts";
import { describeMachine, type Section, show } from "./deploy/report.ts";
import { openRivals } from "./deploy/rivals.ts";

// pnpm bench [--runs 5] [--only no-change|cold]
// Ours against Docker Compose on the same files, images, host and minutes. COMPOSE_V2=/path adds Docker Compose v2.
const { values } = parseArgs({ options: { runs: { type: "string", default: "5" }, only: { type: "string" } } });
const runs = Number(values.runs);
const only = values.only;
if (!Number.isInteger(runs) || runs < 1 || (only !== undefined && !["no-change", "cold"].includes(only))) {
  process.stderr.write("pnpm bench [--runs <number>] [--only no-change|cold]\n");
  process.exit(2);
}

const say = (line: string) => void process.stderr.write(`${line}\n`);
const before = describeMachine();
await using rivals = openRivals(process.env.COMPOSE_V2);
const removeAndEnd = async () => {
  await rivals[Symbol.asyncDispose]();
  process.exit(1);
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, removeAndEnd);
await rivals.prepare(say);
const sections: Section[] = [];
if (only !== "no-change") sections.push(await compareCold(rivals, runs, say), await measureFloor(rivals, say));
if (only !== "cold") sections.push(await compareNoChange(rivals, runs, say));
process.stdout.write(show(sections, { before, after: describeMachine(), runs }));

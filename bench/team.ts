import { parseArgs } from "node:util";
import { describeMachine } from "./deploy/report.ts";
import { besideTools } from "./team/beside-tools.ts";
import { delta } from "./team/delta.ts";
import { newcomer } from "./team/newcomer.ts";
import { wholeStaging } from "./team/whole-staging.ts";

const parts = { whole: wholeStaging, tools: besideTools, delta, newcomer };

// pnpm bench:team [--megabytes 20,1000] [--runs 3] [--only whole,tools,delta,newcomer]
// whole: export and import of a whole staging with 31 workflows and the first size of rows, until every service is healthy.
// tools: a database of each size, beside pg_dump -Fc with tar, and tar with pg_restore, by hand.
// delta: what a shared place takes after 1 % of the largest size has changed.
// newcomer: from a clone to running with a teammate's data, once.
const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "20,1000" },
    runs: { type: "string", default: "3" },
    only: { type: "string", default: Object.keys(parts).join(",") },
  },
});
const sizes = values.megabytes.split(",").map(Number);
const runs = Number(values.runs);
const only = values.only.split(",");
const known = only.every((name) => Object.hasOwn(parts, name));
if (!(sizes.every((size) => size > 0) && Number.isInteger(runs) && runs > 0 && known)) {
  process.stderr.write(`pnpm bench:team [--megabytes 20,1000] [--runs 3] [--only ${Object.keys(parts).join(",")}]\n`);
  process.exit(2);
}

const say = (line: string) => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
const before = describeMachine();
const sections: string[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (only.includes(name)) sections.push(await part({ sizes, runs, say }));
}
process.stdout.write(`Medians of ${runs}. Began: ${before}. Ended: ${describeMachine()}.\n\n${sections.join("\n")}`);

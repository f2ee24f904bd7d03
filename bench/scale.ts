import { parseArgs } from "node:util";
import { describeMachine } from "./deploy/report.ts";
import { type GrowRequest, grow } from "./scale/grow.ts";

// pnpm bench:scale [--services 10,20,40] [--environments 1,4,8] [--runs 5]
// What the usual verbs take as one host gets more services, and more environments.
const { values } = parseArgs({
  options: {
    services: { type: "string", default: "10,20,40" },
    environments: { type: "string", default: "1,4,8" },
    runs: { type: "string", default: "5" },
  },
});
const runs = Number(values.runs);
const parts: readonly GrowRequest[] = [
  { grows: "services", sizes: values.services.split(",").map(Number), others: 1, runs },
  { grows: "environments", sizes: values.environments.split(",").map(Number), others: 5, runs },
];
const say = (line: string) => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

for (const part of parts) {
  const before = describeMachine();
  const shown = await grow(part, say);
  const title = part.grows === "services" ? "Services of one environment" : "Environments of five services on one host";
  process.stdout.write(
    `#### ${title}\n\nMedians of ${runs}, of the last environment. Began: ${before}. Ended: ${describeMachine()}.\n\n${shown}\n`,
  );
}

import { runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { moveEngine } from "../move/move.ts";
import { moveInWords } from "../move/report.ts";

interface Flags extends EnvironmentChoice {
  back?: boolean;
  finish?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "engine:move",
  description:
    "Move an environment that runs, with all its data, from one host into the swarm that understudy.yml names.",
  examples: [
    "pnpm engine:move --production --dry-run   # what would be done, and for how much data",
    "pnpm engine:move --production             # asks; backed up before, back by itself when it does not come up",
    "pnpm engine:move --production --back      # to the one host again, with what was written since",
    "pnpm engine:move --production --finish    # remove what the old place still has",
  ],
  configure: (command) =>
    environmentFlags(command)
      .option("--back", "back to where it was before the last move, with all data of now")
      .option("--finish", "remove the volumes that the last move left at the old place; there is no way back then")
      .option("--dry-run", "say what would be done, and change nothing")
      .option("--yes", "do not ask")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ back = false, finish = false, dryRun = false, yes = false, wait = false, json, ...choice }: Flags) => {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await moveEngine({ ...choice, back, finish, dryRun, yes, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : moveInWords(report));
  },
});

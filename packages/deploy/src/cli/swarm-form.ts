import { runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { formSwarm } from "../swarm/form-swarm.ts";
import { formInWords } from "../swarm/report-form.ts";

interface Flags extends EnvironmentChoice {
  dryRun?: boolean;
  yes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "swarm:form",
  description:
    "Make the machines that an environment names one swarm, in the roles that it says. Never removes a node.",
  examples: [
    "pnpm swarm:form --production --dry-run       # what would be done",
    "pnpm swarm:form --production                 # asks, then does it; again: nothing to change",
    "pnpm swarm:form --environment east --yes --json",
  ],
  configure: (command) =>
    environmentFlags(command)
      .option("--dry-run", "say what would be done, and change nothing")
      .option("--yes", "do not ask")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ dryRun = false, yes = false, wait = false, json, ...choice }: Flags) => {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await formSwarm({ ...choice, dryRun, yes, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : formInWords(report, dryRun));
  },
});

import { type Command, Option, runVerb } from "@understudy/core";
import type { Profile } from "@understudy/environment";
import { deploy } from "../deploy.ts";
import { planReport, showOutcome } from "../report/deploy-report.ts";

interface Flags {
  environment?: string;
  env?: Profile;
  dryRun?: boolean;
  wait?: boolean;
  refresh?: boolean;
  acceptEmptyVolume: string[];
  json?: boolean;
}

/** The two deploy verbs differ in the kind of environment that they are for, and in their words. */
export function runDeployVerb(
  moduleUrl: string,
  kind: "staging" | "production",
  description: string,
  examples: readonly string[],
): Promise<void> {
  return runVerb(moduleUrl, {
    name: `deploy:${kind}`,
    description,
    examples,
    configure: (command: Command) =>
      command
        .addOption(
          new Option("--env <profile>", "how much of the machine to use; detected without it").choices([
            "laptop",
            "server",
          ]),
        )
        .option("--environment <name>", `which environment of kind ${kind} in understudy.yml`)
        .option("--dry-run", "say what would change, and change nothing")
        .option("--wait", "wait for another deploy to end instead of refusing")
        .option("--refresh", "ask the engine even when nothing seems to have changed")
        .option(
          "--accept-empty-volume <name>",
          "let a data volume that is gone begin empty (may be repeated)",
          collect,
          [],
        )
        .option("--json", "print the result as JSON (docs/cli-json.md)"),
    run: async (flags: Flags) => {
      const outcome = await deploy({
        kind,
        environment: flags.environment,
        profile: flags.env,
        dryRun: flags.dryRun ?? false,
        wait: flags.wait ?? false,
        refresh: flags.refresh ?? false,
        acceptEmptyVolumes: flags.acceptEmptyVolume,
        say: (line) => process.stderr.write(`${line}\n`),
      });
      if (flags.json) {
        process.stdout.write(`${JSON.stringify(outcome.report ?? planReport(outcome.plan))}\n`);
        return;
      }
      process.stdout.write(showOutcome(outcome, process.stdout.isTTY));
      if (outcome.newLogins.length) outcome.shown();
    },
  });
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

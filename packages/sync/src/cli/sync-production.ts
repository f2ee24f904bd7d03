import { InvalidArgumentError, Option, runVerb } from "@understudy/core";
import type { Profile } from "@understudy/environment";
import { showPlan, showReport } from "../report/show.ts";
import { type CopyPart, copyParts, syncProduction } from "../sync-production.ts";

interface Flags {
  env?: Profile;
  environment?: string;
  from?: string;
  only?: readonly CopyPart[];
  databases?: readonly string[];
  sample?: number;
  plan?: boolean;
  resume?: boolean;
  unmasked?: boolean;
  maxParallel: number;
  yes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "sync:production",
  description:
    "Copy production's data into staging, every personal detail masked; prove the copy complete and free of leaks, then swap it in.",
  examples: [
    "pnpm sync:production                         # asks before staging's data is replaced",
    "pnpm sync:production --plan                  # what would happen to every table and column; changes nothing",
    "pnpm sync:production --env laptop --yes      # without asking",
    "pnpm sync:production --databases app,n8n     # only these databases, no graph, no files",
    "pnpm sync:production --sample 5%             # a part of the rows that holds together",
    "pnpm sync:production --resume                # go on with a copy that was cut off",
  ],
  configure: (command) =>
    command
      .addOption(
        new Option("--env <profile>", "the profile that staging is deployed with").choices(["laptop", "server"]),
      )
      .option("--environment <name>", "which environment of kind staging gets the data")
      .option("--from <name>", "which environment of kind production it comes from")
      .option("--only <parts>", `only these, with commas between them: ${copyParts.join(", ")}`, parts)
      .option("--databases <names>", "only these databases, and nothing but databases", names)
      .option("--sample <percent>", "only a part of the rows, with all that they refer to, e.g. 5%", percent)
      .option("--plan", "say what would happen to every table and column, and change nothing")
      .option("--resume", "go on with a copy that was cut off: finished tables are compared and kept")
      .option("--unmasked", "copy raw data; only to a server whose settings say sanitize: false")
      .option("--max-parallel <n>", "streams at a time: what production has to bear", streams, 2)
      .option("--yes", "do not ask before staging's data is replaced")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags) => {
    const { plan = false, json = false } = flags;
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const outcome = await syncProduction({
      to: flags.environment,
      from: flags.from,
      profile: flags.env,
      only: flags.databases ? ["postgres"] : (flags.only ?? copyParts),
      databases: flags.databases,
      sample: flags.sample,
      planOnly: plan,
      resume: flags.resume ?? false,
      unmasked: flags.unmasked ?? false,
      parallel: flags.maxParallel,
      yes: flags.yes ?? false,
      wait: flags.wait ?? false,
      say,
    });
    if (json) process.stdout.write(`${JSON.stringify(outcome.report ?? outcome.plan)}\n`);
    else process.stdout.write(outcome.report ? showReport(outcome.report) : showPlan(outcome.plan));
  },
});

function names(value: string): string[] {
  return value.split(",").map((name) => name.trim());
}

function parts(value: string): CopyPart[] {
  return names(value).map((name) => {
    const part = copyParts.find((known) => known === name);
    if (!part) throw new InvalidArgumentError(`"${name}" is none of ${copyParts.join(", ")}.`);
    return part;
  });
}

function percent(value: string): number {
  const share = Number(/^(\d+(?:\.\d+)?)%?$/.exec(value)?.[1]);
  if (!(share > 0 && share <= 100)) throw new InvalidArgumentError("A percentage is expected, e.g. 5%.");
  return share / 100;
}

function streams(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1 || count > 16) throw new InvalidArgumentError("1 to 16 is expected.");
  return count;
}

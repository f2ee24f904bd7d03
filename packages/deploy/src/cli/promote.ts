import { InvalidArgumentError, runVerb } from "@understudy/core";
import { promote } from "../promotion/promote.ts";
import { showPromotion } from "../promotion/show.ts";

interface Flags {
  environment?: string;
  from?: string;
  check?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  wait?: boolean;
  allowStale?: number;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "promote",
  description:
    "Make production run exactly what staging proved: backed up and verified before, watched afterwards, taken back by itself when it is not well.",
  examples: [
    "pnpm promote --check         # run every check on staging, sign what they saw; changes nothing in production",
    "pnpm promote --dry-run       # the gates, and what would change",
    "pnpm promote                 # asks before it begins",
    "pnpm promote --yes --allow-stale 72h",
  ],
  configure: (command) =>
    command
      .option("--check", "run the checks on staging and write the receipt that a promotion needs")
      .option("--dry-run", "say which gates are closed and what would change, and change nothing")
      .option("--environment <name>", "which environment of kind production")
      .option("--from <name>", "which environment of kind staging")
      .option("--allow-stale <hours>", "how old the copy of production's data may be, e.g. 48h", hours)
      .option("--yes", "do not ask")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags) => {
    const report = await promote({
      from: flags.from,
      to: flags.environment,
      check: flags.check ?? false,
      dryRun: flags.dryRun ?? false,
      yes: flags.yes ?? false,
      wait: flags.wait ?? false,
      allowStale: flags.allowStale,
      say: (line) => void process.stderr.write(`${line}\n`),
    });
    process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : showPromotion(report));
    return report.gates.every(({ passed }) => passed) ? 0 : 1;
  },
});

/** ms */
function hours(value: string): number {
  const count = Number(/^(\d+(?:\.\d+)?)h$/.exec(value)?.[1]);
  if (!(count > 0)) throw new InvalidArgumentError("A number of hours is expected, e.g. 48h.");
  return count * 3_600_000;
}

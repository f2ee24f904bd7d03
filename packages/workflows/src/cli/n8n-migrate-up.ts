import { runVerb, UserError } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { migrateUp } from "../migrate/migrate-up.ts";
import { isWhole } from "../migrate/report.ts";
import { showMigrated } from "../migrate/show.ts";
import { say } from "./flags.ts";

interface Flags extends EnvironmentChoice {
  to?: string;
  dryRun?: boolean;
  theirs?: boolean;
  ours?: boolean;
  outOfOrder?: boolean;
  createStubs?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "n8n:migrate-up",
  description:
    "Apply the workflow migrations that an environment does not have yet, in order, each whole or not at all, and let n8n run them.",
  examples: [
    "pnpm n8n:migrate-up",
    "pnpm n8n:migrate-up --production --dry-run",
    "pnpm n8n:migrate-up --staging --to 20261122120000",
    "pnpm n8n:migrate-up --theirs          # in a conflict, the migration's content counts",
  ],
  configure: (command) =>
    environmentFlags(command)
      .option("--to <migration>", "the last one to apply: its name, or the beginning of it")
      .option("--dry-run", "say what would be applied, and change nothing")
      .option("--theirs", "in a conflict, take what the migration has")
      .option("--ours", "in a conflict, keep what the environment has; the migration counts as applied")
      .option("--out-of-order", "also apply what is older than the newest that is applied")
      .option("--create-stubs", "make empty credentials where a workflow names one that is missing")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/workflows.md)"),
  run: async (flags: Flags) => {
    const { dryRun = false, wait = false, json, ...choice } = flags;
    const report = await migrateUp({
      ...choice,
      to: flags.to,
      resolve: resolveOf(flags),
      outOfOrder: flags.outOfOrder ?? false,
      createStubs: flags.createStubs ?? false,
      ...{ dryRun, wait, say },
    });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showMigrated(report, dryRun));
    return isWhole(report) || (dryRun && report.conflicts.length + report.problems.length === 0) ? 0 : 1;
  },
});

function resolveOf({ theirs, ours }: Flags): "theirs" | "ours" | "stop" {
  if (theirs && ours) throw new UserError("--theirs and --ours exclude each other", { exitCode: 2 });
  return theirs ? "theirs" : ours ? "ours" : "stop";
}

import { runVerb, UserError } from "@understudy/core";
import { listRollbackPoints, rollback } from "../rollback/rollback.ts";
import { showPoints, showRollback } from "../rollback/show.ts";

interface Flags {
  list?: boolean;
  tag?: string;
  withData?: boolean;
  emergency?: boolean;
  environment?: string;
  dryRun?: boolean;
  yes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "rollback",
  description: "Take production back to a rollback point: its code, and with --with-data its data, as one.",
  examples: [
    "pnpm rollback --list",
    "pnpm rollback --tag rollback-20261121-170501            # code only; asks",
    "pnpm rollback --tag rollback-20261121-170501 --with-data --dry-run",
    "pnpm rollback --emergency                               # newest good point, code only, no questions",
  ],
  configure: (command) =>
    command
      .option("--list", "show the rollback points, and what going back to each would change")
      .option("--tag <point>", "which point")
      .option("--with-data", "take the data back too: what was written since is lost, but backed up")
      .option("--emergency", "the newest good point, no questions, shortest way")
      .option("--environment <name>", "which environment of kind production")
      .option("--dry-run", "say what would happen, and change nothing")
      .option("--yes", "do not ask")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags) => {
    const { list, tag, withData = false, emergency = false, dryRun = false, yes = false, wait = false, json } = flags;
    if (list) {
      const points = await listRollbackPoints(flags.environment);
      process.stdout.write(json ? `${JSON.stringify(points)}\n` : showPoints(points));
      return;
    }
    if (!tag && !emergency) {
      throw new UserError("Say which point: --tag, or --emergency for the newest good one", {
        next: "pnpm rollback --list shows them",
        exitCode: 2,
      });
    }
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await rollback({ environment: flags.environment, tag, withData, emergency, dryRun, yes, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showRollback(report));
  },
});

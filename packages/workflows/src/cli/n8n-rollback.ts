import { confirmDestructive, runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { isWhole } from "../migrate/report.ts";
import { showMigrated } from "../migrate/show.ts";
import { rollbackWorkflows } from "../rollback/rollback.ts";
import { say } from "./flags.ts";

interface Flags extends EnvironmentChoice {
  to?: string;
  dryRun?: boolean;
  yes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "n8n:rollback",
  description: "Bring workflows back to the versions that ran before, by new migrations. n8n's own history is kept.",
  examples: [
    "pnpm n8n:rollback --production --dry-run",
    "pnpm n8n:rollback --production --yes",
    "pnpm n8n:rollback --to 20261121090000",
  ],
  configure: (command) =>
    environmentFlags(command)
      .option(
        "--to <migration>",
        "the last one that stays: its name, or the beginning of it (default: all but the newest)",
      )
      .option("--dry-run", "say what would be done, and change nothing")
      .option("--yes", "do not ask")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/workflow-rollback.md)"),
  run: async ({ to, dryRun = false, yes = false, wait = false, json, ...choice }: Flags) => {
    const plan = await rollbackWorkflows({ ...choice, ...{ to, dryRun: true, wait, say: json ? () => {} : say } });
    if (dryRun) {
      process.stdout.write(json ? `${JSON.stringify(plan)}\n` : showMigrated(plan, true));
      return 0;
    }
    await confirmDestructive(`${plan.takenBack.length} migrations of ${plan.environment} are taken back.`, { yes });
    const report = await rollbackWorkflows({ ...choice, to, dryRun: false, wait, say: () => {} });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showMigrated(report, false));
    return isWhole(report) ? 0 : 1;
  },
});

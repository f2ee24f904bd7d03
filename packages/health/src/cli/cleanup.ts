import { runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { cleanup } from "../cleanup/cleanup.ts";
import { showCleanup } from "../cleanup/report.ts";

interface Flags extends EnvironmentChoice {
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "cleanup",
  description:
    "Remove an environment's old logs, releases and images, by retention: of understudy.yml. Nothing that is needed.",
  examples: ["pnpm cleanup --dry-run             # what would go, and why", "pnpm cleanup --production --yes"],
  configure: (command) =>
    environmentFlags(command)
      .option("--dry-run", "say what would be removed, and change nothing")
      .option("--yes", "do not ask")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ dryRun = false, yes = false, json, ...choice }: Flags) => {
    const report = await cleanup({ ...choice, dryRun, yes });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showCleanup(report, dryRun));
    return report.failed.length || report.skipped ? 1 : 0;
  },
});

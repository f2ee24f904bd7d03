import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { pruneBackups } from "../prune-backups.ts";
import { showPrune } from "../report/show.ts";
import { backupFlags, backupTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  dryRun?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "backup:prune",
  description: "Remove old backups, by backup.keep of understudy.yml; never one that a rollback point needs.",
  examples: ["pnpm backup:prune --dry-run   # what would go, and why the others stay", "pnpm backup:prune"],
  configure: (command) =>
    backupFlags(command)
      .option("--dry-run", "say what would be removed, and change nothing")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ dryRun = false, wait = false, json, ...choice }: Flags) => {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await pruneBackups({ target: backupTarget(choice), dryRun, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showPrune(report));
  },
});

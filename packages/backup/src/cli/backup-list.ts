import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { listBackups } from "../list-backups.ts";
import { showBackups } from "../report/show.ts";
import { backupFlags, backupTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "backup:list",
  description: "List the backups of an environment, and which of them were restored for a test.",
  examples: ["pnpm backup:list", "pnpm backup:list --environment staging --json"],
  configure: (command) => backupFlags(command).option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ json, ...choice }: Flags) => {
    const target = backupTarget(choice);
    const backups = await listBackups(target);
    process.stdout.write(json ? `${JSON.stringify(backups)}\n` : showBackups(backups, target.environment.name));
  },
});

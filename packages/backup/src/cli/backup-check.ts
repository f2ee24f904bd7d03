import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { checkBackups } from "../check-backups.ts";
import { backupFlags, backupTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  readData?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "backup:check",
  description: "Look whether the repository of an environment's backups is sound.",
  examples: ["pnpm backup:check", "pnpm backup:check --read-data   # every byte of it"],
  configure: (command) =>
    backupFlags(command)
      .option("--read-data", "read every byte, not only what holds them together")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ readData = false, json, ...choice }: Flags) => {
    const target = backupTarget(choice);
    const { backups } = await checkBackups(target, readData);
    const report = { environment: target.environment.name, backups, sound: true, readData };
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `The repository is sound: ${backups} backups.\n`);
  },
});

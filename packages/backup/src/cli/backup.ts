import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { backup } from "../backup.ts";
import { showBackup } from "../report/show.ts";
import { backupFlags, backupTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  verify?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "backup",
  description:
    "Back up an environment as it is at one moment: every database, the graph, every volume, its secrets; encrypted, and only what is new.",
  examples: [
    "pnpm backup                          # production",
    "pnpm backup --verify                 # and restore it for a test: only such a backup is called good",
    "pnpm backup --environment staging --json",
  ],
  configure: (command) =>
    backupFlags(command)
      .option("--verify", "restore it beside what runs, compare, and start every service on it")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ verify = false, wait = false, json, ...choice }: Flags) => {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await backup({ target: backupTarget(choice), verify, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showBackup(report));
  },
});

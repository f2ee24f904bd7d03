import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { drill } from "../drill.ts";
import { showDrill } from "../report/show.ts";
import { backupFlags, backupTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  backup?: string;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "rollback:drill",
  description:
    "Restore the newest backup beside what runs, start every service on it, and tell how long a recovery takes.",
  examples: ["pnpm rollback:drill", "pnpm rollback:drill --backup backup-20261121-020000 --json"],
  configure: (command) =>
    backupFlags(command)
      .option("--backup <id>", "another one than the newest")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ backup: id, wait = false, json, ...choice }: Flags) => {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await drill({ target: backupTarget(choice), id, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showDrill(report));
  },
});

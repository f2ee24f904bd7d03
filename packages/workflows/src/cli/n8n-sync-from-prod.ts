import { writeFileSync } from "node:fs";
import { runVerb } from "@understudy/core";
import { showCreated } from "../create/report.ts";
import { syncFromProd } from "../create/sync-from-prod.ts";
import { type HistoryFlags, historyFlags, historyRequest } from "./history-flags.ts";

interface Flags extends HistoryFlags {
  branch: string;
  push?: boolean;
  text?: string;
}

await runVerb(import.meta.url, {
  name: "n8n:sync-from-prod",
  description:
    "Commit what was changed in production as migrations on a branch, with the text of a pull request. The work tree stays as it is.",
  examples: [
    "pnpm n8n:sync-from-prod",
    "pnpm n8n:sync-from-prod --days 30 --branch prod-sync-november",
    "pnpm n8n:sync-from-prod --push --text pull-request.md",
  ],
  configure: (command) =>
    historyFlags(command)
      .option("--branch <name>", "where to commit; an earlier one of that name is replaced", "prod-sync")
      .option("--push", "send the branch to git's remote")
      .option("--text <file>", "write the text of the pull request here"),
  run: async ({ branch, push = false, text, ...flags }: Flags, name?: string) => {
    const report = await syncFromProd({ ...historyRequest(flags, name), branch, push });
    if (text && report.body) writeFileSync(text, report.body);
    if (flags.json) {
      process.stdout.write(`${JSON.stringify(report)}\n`);
      return;
    }
    const lines = report.commit
      ? [
          `Committed on ${report.branch} (${report.commit.slice(0, 12)})${report.pushed ? ", pushed" : ""}`,
          ...(text ? [] : ["", `# ${report.title}`, "", report.body ?? ""]),
        ]
      : [];
    process.stdout.write(`${showCreated(report)}${lines.map((line) => `${line}\n`).join("")}`);
  },
});

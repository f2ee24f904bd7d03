import { runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { compareWorkflow } from "../compare/compare.ts";
import { diffMarkdown, diffText } from "../diff/show.ts";

interface Flags extends EnvironmentChoice {
  with?: string;
  markdown?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "n8n:diff",
  description:
    "Compare a workflow, or a migration of it, node by node: with another environment, or with what it was made from.",
  examples: [
    'pnpm n8n:diff "Order intake" --with production',
    "pnpm n8n:diff 20261122120000 --markdown",
    "pnpm n8n:diff 20261122120000 --with production",
  ],
  configure: (command) =>
    environmentFlags(command)
      .argument("<workflow|migration>", "name or id of a workflow, or name of a migration, or the beginning of it")
      .option("--with <environment>", "another environment of understudy.yml")
      .option("--markdown", "for a pull request")
      .option("--json", "print the result as JSON (docs/workflows.md)"),
  run: async ({ markdown, json, ...request }: Flags, what: string) => {
    const report = await compareWorkflow({ ...request, with: request.with, what });
    const { workflow, from, to, diff } = report;
    const title = `${workflow}: ${from} → ${to}`;
    if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else process.stdout.write(markdown ? `${diffMarkdown(title, diff)}\n` : `${title}\n${diffText(diff)}\n`);
  },
});

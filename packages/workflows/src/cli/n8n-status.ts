import { runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { showStatus, workflowStatus } from "../status/status.ts";

await runVerb(import.meta.url, {
  name: "n8n:status",
  description: "Which workflow migrations each environment has, and which of its workflows were changed besides.",
  examples: ["pnpm n8n:status", "pnpm n8n:status --production --json"],
  configure: (command) => environmentFlags(command).option("--json", "print the result as JSON (docs/workflows.md)"),
  run: async ({ json, ...choice }: EnvironmentChoice & { json?: boolean }) => {
    const report = await workflowStatus(choice);
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showStatus(report));
  },
});

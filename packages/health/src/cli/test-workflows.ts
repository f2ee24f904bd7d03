import { runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { describeReport } from "../workflows/report.ts";
import { testWorkflows } from "../workflows/test-workflows.ts";

interface Flags extends EnvironmentChoice {
  readonly only?: readonly string[];
  readonly keep?: boolean;
  readonly json?: boolean;
}

await runVerb(import.meta.url, {
  name: "test:workflows",
  description:
    "Test the workflows of n8n, Letta and Open WebUI as they run, and whether workflows still succeed on their own.",
  examples: [
    "pnpm test:workflows",
    "pnpm test:workflows --only canary",
    "pnpm test:workflows --only freshness --production",
    "pnpm test:workflows --only orders --keep    # to look at the copy that failed",
  ],
  configure: (command) =>
    environmentFlags(command)
      .option("--only <name...>", "run only these tests")
      .option("--keep", "leave the copies of workflows that failed in n8n, inactive, until the next run")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ only, keep, json, ...choice }: Flags) => {
    const say = (line: string) => process.stderr.write(`${line}\n`);
    const report = await testWorkflows({ choice, only, keep, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : describeReport(report));
    return report.status === "passed" ? 0 : 1;
  },
});

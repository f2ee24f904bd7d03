import { countInWords, InvalidArgumentError, runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { type RetryReport, retryCrashed } from "../executions/retry-crashed.ts";
import { say } from "./flags.ts";

interface Flags extends EnvironmentChoice {
  hours: number;
  dryRun?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "n8n:retry-crashed",
  description: "Have n8n try again the executions that ended with the process that they ran in.",
  examples: ["pnpm n8n:retry-crashed --dry-run", "pnpm n8n:retry-crashed --production --hours 2"],
  configure: (command) =>
    environmentFlags(command)
      .option("--hours <number>", "how far back to look", wholeNumber, 24)
      .option("--dry-run", "say what would be tried again, and change nothing")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ hours, dryRun = false, wait = false, json, ...choice }: Flags) => {
    const report = await retryCrashed({ ...choice, hours, dryRun, wait, say: json ? () => {} : say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : describe(report));
    return report.executions.some(({ result }) => result === "failed" || result === "refused") ? 1 : 0;
  },
});

function describe({ environment, executions }: RetryReport): string {
  const left = executions.filter(({ result }) => result === "left");
  const lines = left.map(({ id, workflow, at }) => `  execution ${id} of "${workflow}", ${at}\n`);
  const tried = executions.length - left.length;
  const said = tried ? `${countInWords(tried)} tried again` : `${countInWords(left.length)} to try again`;
  return `${lines.join("")}${environment}: ${said}.\n`;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return number;
}

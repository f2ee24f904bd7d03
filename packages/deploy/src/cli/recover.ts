import { runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { recover } from "../recovery/recover.ts";

interface Flags extends EnvironmentChoice {
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "recover",
  description: "Bring to an end what runs that were killed left of an environment. Does nothing when all is well.",
  examples: ["pnpm recover --production", "pnpm recover --environment staging --json"],
  configure: (command) =>
    environmentFlags(command)
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ wait = false, json, ...choice }: Flags) => {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await recover({ ...choice, wait, say });
    const lines = report.recovered.length ? report.recovered : [`Nothing of ${report.environment} was left open.`];
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : lines.map((line) => `${line}\n`).join(""));
  },
});

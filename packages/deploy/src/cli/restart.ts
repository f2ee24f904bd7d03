import { runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { restart } from "../restart.ts";

interface Flags extends EnvironmentChoice {
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "restart",
  description: "Restart one service, and see it healthy. Requests to production wait meanwhile; none is lost.",
  examples: ["pnpm restart n8n", "pnpm restart letta --production --json"],
  configure: (command) =>
    environmentFlags(command)
      .argument("<service>", "as the compose files name it")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ wait = false, json, ...choice }: Flags, service: string) => {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await restart({ ...choice, service, wait, say });
    const waited = report.held.map(({ service, held }) => `requests of ${service} waited for ${held} ms`);
    const words = [`${service} of ${report.environment} runs again`, ...waited].join("; ");
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${words}.\n`);
  },
});

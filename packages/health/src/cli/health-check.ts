import { runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { healthCheck } from "../health-check.ts";
import { checkReport, jsonReport } from "../report/check-report.ts";

interface Flags extends EnvironmentChoice {
  only?: string[];
  verbose?: boolean;
  json?: boolean;
}

const exitCodes = { healthy: 0, unhealthy: 1, degraded: 3 } as const;

await runVerb(import.meta.url, {
  name: "health:check",
  description:
    "Look at every service of an environment, and at its host. Exit code 0 healthy, 1 unhealthy, 3 degraded.",
  examples: [
    "pnpm health:check                           # staging",
    "pnpm health:check --production --verbose    # every figure, and the last log lines",
    "pnpm health:check --only n8n,postgres --json",
  ],
  configure: (command) =>
    environmentFlags(command)
      .option("--only <names>", "services or checks, with commas between them", (text: string) =>
        text.split(",").map((name) => name.trim()),
      )
      .option("--verbose", "show every figure and the last log lines")
      .option("--json", "print the result as JSON (docs/health.md)"),
  run: async ({ verbose = false, json, ...request }: Flags) => {
    const report = await healthCheck(request);
    const colours = process.stdout.isTTY && !process.env.NO_COLOR;
    // Since the process began: what the person waited.
    const took = performance.now();
    process.stdout.write(
      json ? `${JSON.stringify(jsonReport(report, verbose))}\n` : checkReport(report, { verbose, colours, took }),
    );
    endWithHungConnections(exitCodes[report.status]);
    return exitCodes[report.status];
  },
});

/** A server that hangs may hold a connection open; the program does not wait for it. */
function endWithHungConnections(exitCode: number): void {
  setTimeout(() => process.exit(exitCode), 500).unref();
}

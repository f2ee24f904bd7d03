import { runVerb } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { joinHistory } from "../history/join-history.ts";
import { lengthOfTime } from "../history/length-of-time.ts";
import { overview } from "../history/overview.ts";
import { historyReport, jsonHistory } from "../report/history-report.ts";

interface Flags extends EnvironmentChoice {
  since: string;
  service?: string;
  check?: string;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "health:history",
  description:
    "Show how the checks of an environment did: uptime, latency, incidents, and when the monitor did not run.",
  examples: [
    "pnpm health:history                                   # the last 7 days of staging",
    "pnpm health:history --production --since 30d",
    'pnpm health:history --check "n8n readiness" --since 1d  # with what was seen when it changed',
  ],
  configure: (command) =>
    environmentFlags(command)
      .option("--since <time>", "how far back: 30m, 12h, 7d, 4w", "7d")
      .option("--service <name>", "only the checks of a service")
      .option("--check <name>", "only one check")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ since, service, check, json, ...choice }: Flags) => {
    const now = Date.now();
    const from = now - lengthOfTime(since, "--since");
    const target = chooseTarget(choice);
    using store = joinHistory(target);
    const found = overview(store, { from, to: now, service, check });
    const { name } = target.environment;
    process.stdout.write(json ? `${JSON.stringify(jsonHistory(name, found))}\n` : historyReport(name, found));
  },
});

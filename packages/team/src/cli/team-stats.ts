import { findInstallation, runVerb } from "@understudy/core";
import { showStats } from "../report/show.ts";
import { pastRuns } from "../stats/runs.ts";
import { summarise } from "../stats/summarise.ts";

await runVerb(import.meta.url, {
  name: "team:stats",
  description: "Say how exports, imports, pushes and pulls of this installation went: success rate, sizes, times.",
  examples: ["pnpm team:stats", "pnpm team:stats --json"],
  configure: (command) => command.option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ json }: { json?: boolean }) => {
    const stats = summarise(pastRuns(findInstallation()));
    process.stdout.write(json ? `${JSON.stringify(stats)}\n` : showStats(stats));
  },
});

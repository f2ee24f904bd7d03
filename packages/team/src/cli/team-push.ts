import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { teamPush } from "../place/team-push.ts";
import { showPush } from "../report/show.ts";
import { say, teamFlags, teamTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  includeVolumes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "team:push",
  description:
    "Store a staging environment in the team's place (teamSync.place): only what the place does not have travels.",
  examples: ["pnpm team:push", "pnpm team:push --include-volumes --json"],
  configure: (command) =>
    teamFlags(command)
      .option("--include-volumes", "volumes, too, beside the graph's: uploads, binary data")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ includeVolumes = false, wait = false, json, ...choice }: Flags) => {
    const report = await teamPush({ target: teamTarget(choice), includeVolumes, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showPush(report));
  },
});

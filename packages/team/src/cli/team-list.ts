import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { teamList } from "../place/team-list.ts";
import { showList } from "../report/show.ts";
import { teamFlags, teamTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "team:list",
  description:
    "List the snapshots in the team's place: who, when, how large, how old, compatible with this environment or not.",
  examples: ["pnpm team:list", "pnpm team:list --json"],
  configure: (command) => teamFlags(command).option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ json, ...choice }: Flags) => {
    const listed = await teamList(teamTarget(choice));
    process.stdout.write(json ? `${JSON.stringify(listed)}\n` : showList(listed));
  },
});

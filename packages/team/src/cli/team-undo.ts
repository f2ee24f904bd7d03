import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { teamUndo } from "../import/team-undo.ts";
import { showUndo } from "../report/show.ts";
import { say, teamFlags, teamTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  forget?: boolean;
  yes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "team:undo",
  description: "Bring back the data that the last import replaced; what it had brought is kept in its turn.",
  examples: ["pnpm team:undo", "pnpm team:undo --forget   # free the room that the kept data takes"],
  configure: (command) =>
    teamFlags(command)
      .option("--forget", "remove the kept data instead")
      .option("--yes", "do not ask")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ forget = false, yes = false, wait = false, json, ...choice }: Flags) => {
    const report = await teamUndo({ target: teamTarget(choice), forget, yes, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showUndo(report));
  },
});

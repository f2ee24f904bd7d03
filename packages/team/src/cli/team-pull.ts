import { Option, runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { teamPull } from "../place/team-pull.ts";
import type { Preference } from "../plan/changes.ts";
import { lines, showImport } from "../report/show.ts";
import { say, teamFlags, teamTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  prefer?: Preference;
  fetchOnly?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "team:pull",
  description:
    "Take over the newest snapshot of a teammate's from the team's place; shows what both sides changed, and keeps workflows that only you changed.",
  examples: [
    "pnpm team:pull",
    "pnpm team:pull 2026-11-22-14-05-09 --prefer newer",
    "pnpm team:pull --fetch-only   # the archive alone, for later",
  ],
  configure: (command) =>
    teamFlags(command.argument("[snapshot]", "as pnpm team:list names it; the newest of a teammate's unless told"))
      .addOption(
        new Option("--prefer <side>", "whose workflows stay where both changed them").choices([
          "newer",
          "mine",
          "theirs",
        ]),
      )
      .option("--fetch-only", "fetch and check the archive, and import nothing")
      .option("--dry-run", "fetch and check it, say what would happen, and change nothing")
      .option("--yes", "do not ask")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags, snapshot?: string) => {
    const { prefer, fetchOnly = false, dryRun = false, yes = false, wait = false, json, ...choice } = flags;
    const target = teamTarget(choice);
    const { archive, imported } = await teamPull({ target, snapshot, prefer, fetchOnly, dryRun, yes, wait, say });
    if (json) process.stdout.write(`${JSON.stringify(imported ?? { archive, imported: false })}\n`);
    else
      process.stdout.write(
        imported ? showImport(imported) : lines(`${archive} is fetched, and whole: pnpm team:import ${archive}`),
      );
  },
});

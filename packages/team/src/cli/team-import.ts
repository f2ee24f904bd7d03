import { Option, runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { type ImportPart, importParts } from "../import/plan-import.ts";
import { teamImport } from "../import/team-import.ts";
import { showImport } from "../report/show.ts";
import { say, teamFlags, teamTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  only?: ImportPart;
  withoutCredentials?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "team:import",
  description:
    "Put a teammate's archive in the place of a staging environment's data: checked, restored beside it, proven healthy; else the old data stays.",
  examples: [
    "pnpm team:import                       # the newest archive that is found; asks",
    "pnpm team:import team-export-2026-11-22-14-05-09.tar.gz --dry-run   # who, when, what would happen",
    "pnpm team:import --only workflows --yes",
  ],
  configure: (command) =>
    teamFlags(command.argument("[archive]", "the newest in the team's folder, the installation or here, unless told"))
      .addOption(new Option("--only <part>", "leave the rest as it is").choices([...importParts]))
      .option("--without-credentials", "n8n's credentials come empty: for an archive under another team key")
      .option("--dry-run", "check the archive, say what would happen, and change nothing")
      .option("--yes", "do not ask")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags, archive?: string) => {
    const { only, withoutCredentials = false, dryRun = false, yes = false, wait = false, json, ...choice } = flags;
    const target = teamTarget(choice);
    const report = await teamImport({ target, archive, only, withoutCredentials, dryRun, yes, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showImport(report));
  },
});

import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { teamExport } from "../export/team-export.ts";
import { showExport } from "../report/show.ts";
import { exportFlags } from "./export-flags.ts";
import { say, teamTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  output?: string;
  encrypt?: boolean;
  since?: string;
  includeVolumes?: boolean;
  wait?: boolean;
  tell?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "team:export",
  description:
    "Put a staging environment into one archive that a teammate can take over: databases, workflows, graph, configuration.",
  examples: [
    "pnpm team:export                          # without secrets",
    "pnpm team:export --encrypt                # with them, for your teammates alone",
    "pnpm team:export --include-volumes --output /media/usb",
    "pnpm team:export --since team-sync-exports/team-export-2026-11-22-14-05-09.tar.gz   # what changed since",
  ],
  configure: (command) =>
    exportFlags(command).option("--tell", "say in the environment's alert channels how it went, as the timer does"),
  run: async (flags: Flags) => {
    const { output, encrypt = false, since, includeVolumes = false, wait = false, tell = false, ...rest } = flags;
    const { json, ...choice } = rest;
    const target = teamTarget(choice);
    const report = await teamExport({ target, output, encrypt, since, includeVolumes, wait, tell, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showExport(report));
  },
});

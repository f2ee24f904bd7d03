import { operator, runVerb, UserError } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { teamExport } from "../export/team-export.ts";
import { teamList } from "../place/team-list.ts";
import { teamPush } from "../place/team-push.ts";
import { lines, showExport, showPush } from "../report/show.ts";
import { exportFlags } from "./export-flags.ts";
import { say, teamTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  output?: string;
  encrypt?: boolean;
  since?: string;
  includeVolumes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "team:sync",
  description:
    "Share a staging environment: in the team's place if one is set, else in an archive; and say what a teammate does next.",
  examples: ["pnpm team:sync", "pnpm team:sync --encrypt"],
  configure: exportFlags,
  run: async (flags: Flags) => {
    const { output, encrypt = false, since, includeVolumes = false, wait = false, json, ...choice } = flags;
    const target = teamTarget(choice);
    if (target.settings.teamSync.place === undefined) {
      const report = await teamExport({ target, output, encrypt, since, includeVolumes, wait, tell: false, say });
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : showExport(report) + byHand(report.archive));
      return;
    }
    refuseArchiveFlags({ output, encrypt, since });
    const report = await teamPush({ target, includeVolumes, wait, say });
    const [newest] = (await teamList(target)).filter(({ by }) => by !== operator());
    const theirs = newest ? lines(`The newest of a teammate's is ${newest.stamp} by ${newest.by}: pnpm team:pull`) : "";
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showPush(report) + theirs);
  },
});

/** A flag that would do nothing is a mistake. */
function refuseArchiveFlags(flags: Pick<Flags, "output" | "encrypt" | "since">): void {
  const given = Object.entries(flags).flatMap(([name, value]) => (value ? [`--${name}`] : []));
  if (!given.length) return;
  throw new UserError(`${given.join(", ")} is for archives, and the team shares by its place`, {
    next: "Leave it away; or make an archive beside it: pnpm team:export",
    exitCode: 2,
  });
}

function byHand(archive: string): string {
  return lines(
    "Your teammate's steps:",
    "  1. git pull",
    `  2. put ${archive} into the folder team-sync-exports of their clone, over a channel that you trust; never into git`,
    "  3. pnpm team:import",
  );
}

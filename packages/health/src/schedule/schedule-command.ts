import { type Command, Option } from "@understudy/core";
import { environmentFlags } from "@understudy/environment";
import { installSchedule, type ScheduleRequest } from "./schedule.ts";
import { showInstall } from "./schedule-report.ts";

export interface ChangeFlags extends ScheduleRequest {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** The flags of every verb about the schedule. */
export function scheduleFlags(command: Command): Command {
  return environmentFlags(command)
    .addOption(
      new Option("--with <scheduler>", "which scheduler to use; found out without it").choices(["systemd", "cron"]),
    )
    .option("--json", "print the result as JSON (docs/cli-json.md)");
}

/** The flags of those that change it. */
export function changeFlags(command: Command): Command {
  return scheduleFlags(command)
    .option("--dry-run", "print the files and commands, and change nothing")
    .option("--yes", "do not ask about what was changed by hand");
}

/** Install, and say so. */
export async function runInstall(
  verb: string,
  { dryRun = false, yes = false, json, ...flags }: ChangeFlags,
): Promise<void> {
  const report = await installSchedule({ ...flags, verb, dryRun, yes });
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : showInstall(report, dryRun));
}

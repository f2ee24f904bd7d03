import { UserError } from "../errors.ts";
import { printable, type ScheduledJob, type When } from "./job.ts";
import { stamp } from "./stamp.ts";

/** What a job is in a crontab: its line, between one that says whose it is and one that ends it. */
export function cronBlock(job: ScheduledJob): string {
  return stamp(job, `${cronLine(job)}\n${blockEnd}\n`);
}

export const blockEnd = "# understudy end";

/**
 * A job's line of a crontab. One that runs without end is started every minute, and leaves if it runs.
 * @throws UserError for a path that cannot stand in a crontab.
 */
export function cronLine(job: ScheduledJob): string {
  const variables = Object.entries(job.variables).map(([name, value]) => `${name}=${shellWord(value)}`);
  const command = [...job.command, ...(job.when === "always" ? job.unlessRunning : [])].map(shellWord);
  // cron takes an unescaped % for a line break.
  return `${times(job.when)} ${[...variables, ...command].join(" ").replaceAll("%", "\\%")}`;
}

function times(when: When): string {
  return when === "always" ? "* * * * *" : `${when.minute} ${when.hour} ${when.day ?? "*"} * ${when.weekday ?? "*"}`;
}

function shellWord(text: string): string {
  if (text.includes("\\")) {
    throw new UserError(`${text} has a backslash in it, which one cron reads otherwise than another`, {
      next: "Give the folder another name",
    });
  }
  return /^[\w@%+=:,./-]+$/.test(printable(text)) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

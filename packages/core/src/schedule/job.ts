import { UserError } from "../errors.ts";

/** Whose job it is: what tells ours from those of another installation on the machine. */
export interface Origin {
  /** The installation's folder. */
  readonly installation: string;
  readonly environment: string;
  readonly job: string;
}

/** Without end, or at a local time of day: every day, on one day of the week (0 is Sunday), or on one of the month. */
export type When = "always" | ({ readonly hour: number; readonly minute: number } & Day);
type Day = { readonly weekday?: number; readonly day?: never } | { readonly day: number; readonly weekday?: never };

/** Something that systemd or cron is to run. */
export interface ScheduledJob extends Origin {
  /** The unit's name without its ending. */
  readonly unit: string;
  /** One line for people. */
  readonly description: string;
  /** The program by its absolute path, and its arguments. */
  readonly command: readonly string[];
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly when: When;
  /** Further arguments where cron starts a job that runs without end again every minute: they make it leave if it runs. */
  readonly unlessRunning: readonly string[];
  /** Memory that it may use at most, in bytes. */
  readonly memory: number;
}

/** The text itself. @throws UserError when it cannot stand in a unit file or a crontab, which are lines of text. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!/[\x00-\x1f\x7f]/.test(text)) return text;
  throw new UserError(`${JSON.stringify(text)} has a line break or another control character in it`, {
    next: "Give the folder another name: neither systemd nor cron can be told this one",
  });
}

import { messageOf, UserError } from "@understudy/core/light";

/** Why the history cannot be used just now. */
export type Trouble = "full" | "io" | "busy" | "damaged";

const nextStep: Record<Trouble, string> = {
  full: "Free space on its volume; the monitor goes on by itself",
  io: "Check its volume and who may write there; the monitor goes on by itself",
  busy: "Another process writes for long; run it again",
  damaged: "pnpm health:monitor sets it aside when it starts, and begins a new one",
};

/** The history could not be read or written. What was asked for was not done, not even in part, and can be tried again. */
export class HistoryUnavailable extends UserError {
  readonly trouble: Trouble;

  constructor(message: string, trouble: Trouble, cause?: unknown) {
    super(message, { next: nextStep[trouble], cause });
    this.trouble = trouble;
  }
}

/** What was read is not what was written. */
export class Damage extends Error {}

/** What is the world's fault: SQLite's result codes (https://www.sqlite.org/rescode.html), and those of files. */
const troubles: Readonly<Record<string | number, Trouble>> = {
  5: "busy",
  6: "busy",
  8: "io",
  10: "io",
  11: "damaged",
  13: "full",
  14: "io",
  26: "damaged",
  ENOSPC: "full",
  EDQUOT: "full",
  EACCES: "io",
  EIO: "io",
  EROFS: "io",
};

/** Anything thrown by work on the history, as what the caller should see: bugs stay as they are. */
export function asUnavailable(thrown: unknown, file: string): unknown {
  const trouble = troubleOf(thrown);
  if (!trouble) return thrown;
  return new HistoryUnavailable(`The history ${file} cannot be used: ${messageOf(thrown)}`, trouble, thrown);
}

/** Undefined for a bug or a person's mistake. */
export function troubleOf(thrown: unknown): Trouble | undefined {
  if (thrown instanceof Damage) return "damaged";
  const { errcode, code } = thrown as { errcode?: number; code?: string };
  return troubles[errcode === undefined ? (code ?? "") : errcode & 0xff];
}

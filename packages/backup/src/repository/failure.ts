import { UserError } from "@understudy/core";
import { type Said, saidOf } from "./messages.ts";

/** Restic's own exit codes: https://restic.readthedocs.io/en/v0.18.0/075_scripting.html#exit-codes */
export const codes = { done: 0, failed: 1, incomplete: 3, noRepository: 10, locked: 11, wrongKey: 12 } as const;

/** How a run of restic ended. */
export interface Ended {
  /** What it printed, but for how far it was. */
  readonly lines: readonly string[];
  /** Restic's; that of a script at its other end is never taken for one. */
  readonly code: number;
  /** Of the shell that it ran in: 137 when the kernel or the engine killed it. */
  readonly exitCode: number;
  readonly said: Said;
}

/** Sort out how a shell ended that restic ran in. */
export function endedOf(lines: readonly string[], exitCode: number, stderr: string): Ended {
  const said = saidOf(stderr);
  return { lines, said, exitCode, code: said.exit?.code ?? (exitCode === 0 ? codes.done : codes.failed) };
}

/** What went wrong, for people. @param where the repository. */
export function failureOf(where: string, { code, exitCode, said }: Ended): UserError {
  const message = wordsOf(said) || `it ended with code ${exitCode} and without a word`;
  if (code === codes.wrongKey) {
    return new UserError(`The repository ${where} does not open with the key in .understudy/backup.key`, {
      next: "Put back the key that it was made with: pnpm backup:key says more",
    });
  }
  if (code === codes.locked) {
    return new UserError(`The repository ${where} is in use: ${lockOf(said)}`, {
      next: "Wait until that has ended; the lock of a machine that is gone counts for half an hour",
    });
  }
  if (/no space left on device|SSH_FX_FAILURE/i.test(message)) {
    return new UserError(`There is no room at ${where}: ${message}`, {
      next: "Make room, or forget old backups: pnpm backup:prune",
    });
  }
  if (/host key verification failed/i.test(message)) {
    return new UserError(
      `The host of ${where} is one that you do not know, or has another key than the one that you know`,
      {
        next: "Log in there once with ssh, or name a file that knows it: BACKUP_KNOWN_HOSTS_FILE",
      },
    );
  }
  if (/context canceled|sftp session/.test(said.exit?.message ?? "")) {
    return new UserError(`The repository ${where} cannot be reached: ${retriedFor(said) ?? message}`, {
      next: "Check backup.repository in understudy.yml, what opens it, and the network",
    });
  }
  if (/already contains (keys|snapshots)/.test(message)) {
    return new UserError(`The repository ${where} has no config: ${message}`, {
      next: "It was lost, or the very first run was cut off: in that case remove what is there, and run again",
    });
  }
  if (damage.test(message)) {
    return new UserError(`The repository ${where} is damaged: ${message}`, {
      next: "What else is hit: pnpm backup:check",
    });
  }
  return new UserError(said.exit ? `The repository ${where}: ${message}` : message);
}

/** Restic's words for data that is not what it stored. */
const damage =
  /verification failed|invalid data returned|hash mismatch|does not match|unexpected pack id|(pack|data|index|snapshot)\S* does not exist|not found in (the )?(repository|index)|unexpected EOF|file has been truncated/i;

/** Restic's own words; where only somebody else knows the cause, theirs: a script, ssh, the network. */
function wordsOf({ exit, errors, text }: Said): string {
  const own = errors.length ? errors : exit ? [exit.message] : [];
  const elsewhere = /command failed|sftp session/.test(own.join());
  const lines = text.length && (elsewhere || !own.length) ? text : own;
  return lines.slice(-3).map(tidy).join("; ");
}

/** Why restic tried again and again, until its time was up. */
function retriedFor({ text }: Said): string | undefined {
  return text.map((line) => /returned error, retrying after [^:]+: (.+)/.exec(line)?.[1]).findLast(Boolean);
}

function tidy(line: string): string {
  return line
    .trim()
    .replace(/^Fatal: /, "")
    .replaceAll(/\s*\n\s*/g, "; ");
}

/** `locked by PID 4 on host by root (UID 0, GID 0), since 2026-01-31 12:00:00`. */
function lockOf({ exit }: Said): string {
  const { by = "locked", since } =
    /already (?<by>locked(?: exclusively)? by [^\n]+)(?:\nlock was created at (?<since>[\d-]+ [\d:]+))?/.exec(
      exit?.message ?? "",
    )?.groups ?? {};
  return since ? `${by}, since ${since}` : by;
}

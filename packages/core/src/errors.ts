import { inspect } from "node:util";

/**
 * An expected failure: a person's mistake or the world's, said in one line with the value and the next step.
 * `exitCode` is 1, or 2 for wrong flags. Anything that is not a UserError is a bug and prints its stack.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly next: string | undefined;
  readonly exitCode: 1 | 2;

  /** @param next what to do now, as a sentence or a command line. */
  constructor(message: string, options: { next?: string; exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.next = options.next;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** What a person sees: what failed, then the next step; one line, unless the failure brings evidence. */
export function formatUserError({ message, next }: UserError): string {
  if (!next) return message;
  return message.includes("\n") ? `${message}\n${next}` : `${message}. ${next}`;
}

/** What failed first. What is closed after it often fails for the same reason, such as an engine that is gone; a bug in that stays in sight. */
export function firstFailure(thrown: unknown): unknown {
  if (!(thrown instanceof SuppressedError)) return thrown;
  return firstFailure(thrown.error) instanceof UserError ? firstFailure(thrown.suppressed) : thrown;
}

/** The message of anything that was thrown: also of what has no text of its own, or one that throws. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return typeof thrown === "string" ? thrown : inspect(thrown, { breakLength: Number.POSITIVE_INFINITY });
}

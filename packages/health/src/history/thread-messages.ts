import { UserError } from "@understudy/core/light";
import type { Opened } from "./database.ts";
import type { StoreOptions } from "./store.ts";
import { HistoryUnavailable, type Trouble } from "./unavailable.ts";

/** What the thread is begun with. */
export interface ThreadData {
  readonly file: string;
  readonly options: Omit<StoreOptions, "now">;
}

/** A method to be called in the thread; they are called in the order in which they are sent. */
export interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** What the thread says: that the file is open, what a call came to, or that something beside the calls went wrong. */
export type Said =
  | { readonly opened: Opened }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly failure: Failure };

/** An error as plain data: a clone of one loses its class. */
export interface Failure {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of a UserError. */
  readonly expected?: { readonly next: string | undefined; readonly exitCode: 1 | 2 };
  readonly trouble?: Trouble;
}

export function packError(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined };
  return {
    message: error.message,
    stack: error.stack,
    ...(error instanceof UserError ? { expected: { next: error.next, exitCode: error.exitCode } } : {}),
    ...(error instanceof HistoryUnavailable ? { trouble: error.trouble } : {}),
  };
}

export function unpackError({ message, stack, expected, trouble }: Failure): Error {
  if (trouble) return new HistoryUnavailable(message, trouble);
  if (expected) return new UserError(message, expected);
  return Object.assign(new Error(message), { stack });
}

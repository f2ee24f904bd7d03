import { messageOf } from "@understudy/core";

/** What the engine said, without what the client makes of it. */
export function wordsOf(error: unknown): string {
  return (error as { json?: { message?: string } }).json?.message?.trim() ?? messageOf(error);
}

import { firstFailure, messageOf, UserError } from "@understudy/core";

/** What was thrown; where the disk had no room for what was to be written, in words. */
export function explained(thrown: unknown): unknown {
  const cause = firstFailure(thrown) as NodeJS.ErrnoException;
  if (cause?.code !== "ENOSPC") return thrown;
  return new UserError(`The disk is full: ${messageOf(cause)}. Nothing of the archive stays`, {
    next: "Free some room, or set another teamSync.folder; team:export takes --output",
    cause,
  });
}

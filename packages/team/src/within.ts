import { UserError } from "@understudy/core";

/** Do something, for so many minutes at most. @param end ends it, and makes it throw @throws UserError when time is up, else what it throws */
export async function within<Result>(
  minutes: number,
  what: string,
  work: () => Promise<Result>,
  end: () => Promise<unknown>,
): Promise<Result> {
  let ended: Promise<unknown> | undefined;
  const timer = setTimeout(() => {
    ended = end();
  }, minutes * 60_000);
  try {
    return await work();
  } catch (error) {
    if (!ended) throw error;
    await ended;
    throw new UserError(`${what} took longer than ${minutes} minutes, and was ended`, {
      next: "Raise teamSync.runMinutes in understudy.yml, or see what slows the machine down",
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

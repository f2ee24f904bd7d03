import { firstFailure, messageOf, UserError } from "@understudy/core";

/** What a page says in the place of something that could not be found out. */
export interface Trouble {
  readonly message: string;
  readonly next?: string | undefined;
}

/** Do something that may fail for the world's reasons. Bugs are thrown on. */
export async function orTrouble<T>(work: () => T | Promise<T>): Promise<T | { readonly trouble: Trouble }> {
  try {
    return await work();
  } catch (thrown) {
    const error = firstFailure(thrown);
    if (!(error instanceof UserError)) throw thrown;
    return { trouble: { message: messageOf(error), ...(error.next ? { next: error.next } : {}) } };
  }
}

/** One SQL statement with parameters `$1`, `$2` … With `each`, it runs once for every list of values. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly each?: readonly (readonly unknown[])[];
}

/**
 * A unit of work: it yields statements, is given their rows, and never runs one itself. Whoever drives it decides how: at once, as SQLite
 * can, so that nothing of the program around comes between; or over a network; or only up to a statement at which a test lets it die.
 */
export type Work<T> = Generator<Statement, T, Record<string, unknown>[]>;

/** A statement's rows. */
export function* rowsOf<R>(text: string, ...values: readonly unknown[]): Work<R[]> {
  return (yield { text, values }) as R[];
}

export function* run(text: string, ...values: readonly unknown[]): Work<void> {
  yield { text, values };
}

/** Undo what `work` did if it fails, and go on with the transaction. @throws what it threw */
export function* attempt<T>(work: () => Work<T>): Work<T> {
  yield* run("SAVEPOINT attempt");
  try {
    const result = yield* work();
    yield* run("RELEASE SAVEPOINT attempt");
    return result;
  } catch (error) {
    yield* run("ROLLBACK TO SAVEPOINT attempt");
    yield* run("RELEASE SAVEPOINT attempt");
    throw error;
  }
}

import type { Dialect } from "../store/dialect.ts";
import type { Store } from "../store/store.ts";
import type { Work } from "../store/work.ts";

/** What a process that was killed leaves: nothing of the transaction that was open. */
export class Crash extends Error {}

/** A store whose process dies before a statement, or after a commit that nobody hears of. */
export class FragileStore implements Store {
  readonly dialect: Dialect;
  readonly #store: Store;
  /** Statements until then; undefined: it lives. */
  #fuse: number | undefined;

  constructor(store: Store, dialect = store.dialect) {
    this.#store = store;
    this.dialect = dialect;
  }

  /** Die after so many statements. */
  dieAfter(statements: number): void {
    this.#fuse = statements;
  }

  /** As started anew. */
  revive(): void {
    this.#fuse = undefined;
  }

  async transaction<T>(work: () => Work<T>): Promise<T> {
    const result = await this.#store.transaction(() => this.#mortal(work()));
    this.#burn();
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  *#mortal<T>(work: Work<T>): Work<T> {
    let step = work.next();
    while (!step.done) {
      this.#burn();
      let rows: Record<string, unknown>[];
      try {
        rows = yield step.value;
      } catch (error) {
        step = work.throw(error);
        continue;
      }
      step = work.next(rows);
    }
    return step.value;
  }

  #burn(): void {
    if (this.#fuse === undefined) return;
    if (this.#fuse === 0) throw new Crash("killed");
    this.#fuse--;
  }
}

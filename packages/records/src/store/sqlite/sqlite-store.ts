import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { prepareTables } from "../../books/tables.ts";
import type { Dialect } from "../dialect.ts";
import type { Store } from "../store.ts";
import type { Statement, Work } from "../work.ts";
import { sqlite } from "./dialect.ts";

/**
 * A replica in SQLite. A transaction runs from its beginning to its end without giving way, so that the program around may use the
 * same connection: nothing of it falls into one of ours.
 */
export class SqliteStore implements Store {
  readonly dialect: Dialect = sqlite;
  readonly database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #own: boolean;

  /** @param database a file, which is made where it is missing, or an open connection, which is left open at the end */
  static async open(database: string | DatabaseSync): Promise<SqliteStore> {
    const store = new SqliteStore(database);
    await store.transaction(() => prepareTables(sqlite));
    return store;
  }

  private constructor(database: string | DatabaseSync) {
    this.#own = typeof database === "string";
    this.database = typeof database === "string" ? new DatabaseSync(database, { timeout: 5_000 }) : database;
    if (this.#own) this.database.exec("PRAGMA journal_mode = wal; PRAGMA synchronous = normal");
  }

  async transaction<T>(work: () => Work<T>): Promise<T> {
    if (this.database.isTransaction) throw new Error("the program's own transaction is open: the engine needs its own");
    // A page of what the server has may end between a row and the one that it refers to; the server has checked both.
    const checked = this.database.prepare("PRAGMA foreign_keys").get()?.foreign_keys === 1;
    if (checked) this.database.exec("PRAGMA foreign_keys = off");
    try {
      this.database.exec("BEGIN IMMEDIATE");
      const result = drive(work(), (statement) => this.#run(statement));
      this.database.exec("COMMIT");
      return result;
    } finally {
      if (this.database.isTransaction) this.database.exec("ROLLBACK");
      if (checked) this.database.exec("PRAGMA foreign_keys = on");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#prepared.clear();
    if (this.#own && this.database.isOpen) this.database.close();
  }

  #run({ text, values = [], each }: Statement): Record<string, unknown>[] {
    const prepared = this.#prepared.get(text) ?? this.database.prepare(text.replace(/\$(\d+)/g, "?$1"));
    this.#prepared.set(text, prepared);
    if (!each) return prepared.all(...values.map(bindable));
    for (const list of each) prepared.run(...list.map(bindable));
    return [];
  }
}

/** Run work to its end. A statement that fails throws inside of the work, which may go on. */
function drive<T>(work: Work<T>, run: (statement: Statement) => Record<string, unknown>[]): T {
  let step = work.next();
  while (!step.done) {
    let rows: Record<string, unknown>[];
    try {
      rows = run(step.value);
    } catch (error) {
      step = work.throw(error);
      continue;
    }
    step = work.next(rows);
  }
  return step.value;
}

function bindable(value: unknown): SQLInputValue {
  return typeof value === "boolean" ? Number(value) : (value as SQLInputValue);
}

import type {
  DatabaseSync,
  SQLInputValue,
  SQLOutputValue,
  StatementResultingChanges,
  StatementSync,
} from "node:sqlite";

type Row = Record<string, SQLOutputValue>;

/**
 * SQL as templates, the values bound: sql.get`select … where id = ${id}`. Each template is prepared once.
 * Node's own tag store keeps its statements, and by them the file, open after the database was closed.
 */
export class Sql {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<TemplateStringsArray, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  run(text: TemplateStringsArray, ...values: SQLInputValue[]): StatementResultingChanges {
    return this.#statement(text).run(...values);
  }

  get(text: TemplateStringsArray, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(text).get(...values);
  }

  all(text: TemplateStringsArray, ...values: SQLInputValue[]): Row[] {
    return this.#statement(text).all(...values);
  }

  iterate(text: TemplateStringsArray, ...values: SQLInputValue[]): NodeJS.Iterator<Row> {
    return this.#statement(text).iterate(...values);
  }

  #statement(text: TemplateStringsArray): StatementSync {
    const prepared = this.#statements.get(text) ?? this.#db.prepare(text.join("?"));
    this.#statements.set(text, prepared);
    return prepared;
  }
}

import type { Dialect } from "../dialect.ts";
import { run } from "../work.ts";
import { capture } from "./capture.ts";
import { enable } from "./enable.ts";
import { declare, entities } from "./entities.ts";
import { readRows, removeRows, uuids, writeRows } from "./rows.ts";

const integer = (name: string) => `CAST(value ->> '$.${name}' AS INTEGER)`;

export const sqlite: Dialect = {
  types: {
    serial: "INTEGER PRIMARY KEY AUTOINCREMENT",
    text: "TEXT",
    integer: "INTEGER",
    boolean: "INTEGER",
    uuid: "TEXT",
    json: "TEXT",
    time: "TEXT",
  },
  given: (columns) => {
    const list = Object.entries(columns).map(
      ([name, type]) => `${type === "integer" ? integer(name) : `value ->> '$.${name}'`} AS ${name}`,
    );
    return `(SELECT ${list} FROM json_each($1)) AS given`;
  },
  // Bound one by one: to take a value out of JSON costs more than to bind it.
  *insert(table, columns, rows, onConflict = "") {
    const names = Object.keys(columns);
    const bound = (value: unknown) => (value !== null && typeof value === "object" ? JSON.stringify(value) : value);
    yield {
      text: `INSERT INTO ${table} (${names}) VALUES (${names.map((_, index) => `$${index + 1}`)}) ${onConflict}`,
      each: rows.map((row) => names.map((name) => bound((row as Record<string, unknown>)[name]))),
    };
  },
  // A connection that writes holds the whole file.
  *lock() {},
  *setUp() {},
  *applying(on) {
    if (on) yield* run("INSERT INTO sync_state VALUES ('applying', '1') ON CONFLICT (name) DO NOTHING");
    else yield* run("DELETE FROM sync_state WHERE name = 'applying'");
  },
  entities,
  readRows,
  writeRows,
  removeRows,
  capture,
  declare,
  enable,
  uuids,
  *together(work, clear) {
    yield* clear();
    yield* work();
  },
  violation: (error) => {
    const { errcode, message } = error as { errcode?: number; message?: string };
    // SQLITE_CONSTRAINT and SQLITE_MISMATCH: https://www.sqlite.org/rescode.html
    return errcode !== undefined && [19, 20].includes(errcode & 0xff) ? message : undefined;
  },
};

import { PostgresError } from "@understudy/postgres";
import type { BookType, Dialect } from "../dialect.ts";
import { run } from "../work.ts";
import { capture, captureFunctions } from "./capture.ts";
import { enable } from "./enable.ts";
import { declare, entities } from "./entities.ts";
import { readRows, removeRows, uuids, writeRows } from "./rows.ts";

const types: Readonly<Record<BookType, string>> = {
  text: "text",
  integer: "bigint",
  boolean: "boolean",
  uuid: "uuid",
  // Not jsonb: that would not keep every text.
  json: "json",
  time: "timestamptz",
};

/** Any number: who else locks by it is the engine, too. */
const lockKey = 7_318_264_905_113;

const given: Dialect["given"] = (columns) => {
  const list = Object.entries(columns).map(([name, type]) => `${name} ${types[type]}`);
  return `json_to_recordset($1::json) AS given(${list})`;
};

export const postgres: Dialect = {
  types: { ...types, serial: "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY" },
  given,
  // One array of texts for each column: functions over JSON refuse the escape of U+0000, wherever it is.
  *insert(table, columns, rows, onConflict = "") {
    const names = Object.keys(columns);
    const values = Object.values(columns).map((type, index) => `g.v${index}::${types[type]}`);
    yield* run(
      `INSERT INTO ${table} (${names}) SELECT ${values}
       FROM unnest(${names.map((_, index) => `$${index + 1}::text[]`)}) AS g(${names.map((_, index) => `v${index}`)}) ${onConflict}`,
      ...names.map((name) => rows.map((row) => textOf((row as Record<string, unknown>)[name]))),
    );
  },
  *setUp() {
    for (const statement of captureFunctions) yield* run(statement);
  },
  *lock() {
    yield* run(`SELECT pg_advisory_xact_lock(${lockKey})`);
  },
  *applying(on) {
    yield* run("SELECT set_config('understudy.applying', $1, true)", on ? "on" : "off");
  },
  entities,
  readRows,
  writeRows,
  removeRows,
  capture,
  declare,
  enable,
  uuids,
  // Two rows that exchange a unique value need a constraint that is DEFERRABLE: to remove them first would remove what refers to them.
  *together(work) {
    yield* run("SET CONSTRAINTS ALL DEFERRED");
    yield* work();
    yield* run("SET CONSTRAINTS ALL IMMEDIATE");
  },
  violation: (error) =>
    // Class 22: the data do not fit; 23: a constraint. https://www.postgresql.org/docs/current/errcodes-appendix.html
    error instanceof PostgresError && /^2[23]/.test(error.code) ? error.message : undefined,
};

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

import { type Column, type Entity, takesPart } from "../../entity.ts";
import type { Kind } from "../../values/kind.ts";
import { rowsOf, type Work } from "../work.ts";
import { newUuid, now } from "./capture.ts";

export function* entities(): Work<Entity[]> {
  const rows = yield* rowsOf<{ entity: string; name: string; type: string }>(
    `SELECT t.name AS entity, c.name AS name, c.type AS type
     FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND c.hidden = 0 ORDER BY t.name, c.cid`,
  );
  const found = Map.groupBy(rows, ({ entity }) => entity);
  return [...found]
    .map(([name, columns]) => ({ name, columns: columns.map(toColumn) }))
    .filter(({ columns }) => takesPart(columns));
}

const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/INT|SERIAL/, "integer"],
  [/NUMERIC|DECIMAL/, "numeric"],
  [/DOUB|REAL|FLOA/, "double"],
  [/BOOL/, "boolean"],
  [/TIMESTAMP|DATETIME/, "timestamp"],
  [/BLOB|BYTEA/, "bytes"],
  [/JSON/, "json"],
  [/UUID/, "uuid"],
];

/** Columns of a table take their kind from the type that they were declared with. */
function toColumn({ name, type }: { name: string; type: string }): Column {
  if (name === "updated_at") return { name, type, kind: "timestamp" };
  if (name === "is_deleted") return { name, type, kind: "boolean" };
  if (name === "uuid") return { name, type, kind: "uuid" };
  return { name, type, kind: kinds.find(([pattern]) => pattern.test(type.toUpperCase()))?.[1] ?? "text" };
}

/**
 * The type to declare for a kind so that SQLite leaves values as they are: of decimal numbers that are not declared as text, it keeps
 * 15 digits.
 */
const declared: Readonly<Record<Kind, string>> = {
  integer: "BIGINT",
  double: "DOUBLE",
  numeric: "NUMERIC TEXT",
  boolean: "BOOLEAN",
  text: "TEXT",
  timestamp: "TIMESTAMPTZ TEXT",
  bytes: "BLOB",
  json: "JSON TEXT",
  uuid: "UUID TEXT",
};

const own: Readonly<Record<string, string>> = {
  uuid: ` NOT NULL PRIMARY KEY DEFAULT (${newUuid})`,
  updated_at: ` NOT NULL DEFAULT (${now})`,
  is_deleted: " NOT NULL DEFAULT 0",
};

export function declare({ name, kind }: Pick<Column, "name" | "kind">): string {
  return `${declared[kind]}${own[name] ?? ""}`;
}

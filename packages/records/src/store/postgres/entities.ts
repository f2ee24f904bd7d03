import { type Column, type Entity, takesPart } from "../../entity.ts";
import type { Kind } from "../../values/kind.ts";
import { rowsOf, type Work } from "../work.ts";

const kinds: Readonly<Record<string, Kind>> = {
  int2: "integer",
  int4: "integer",
  int8: "integer",
  float4: "double",
  float8: "double",
  numeric: "numeric",
  bool: "boolean",
  timestamptz: "timestamp",
  bytea: "bytes",
  json: "json",
  jsonb: "json",
  uuid: "uuid",
};

/** Tables of the session's schema with the three columns; columns that are computed do not travel. */
export function* entities(): Work<Entity[]> {
  const rows = yield* rowsOf<{ entity: string; name: string; type: string; base: string }>(
    `SELECT c.relname AS entity, a.attname AS name, format_type(a.atttypid, -1) AS type, t.typname AS base
     FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND EXISTS (SELECT FROM pg_catalog.pg_attribute u WHERE u.attrelid = c.oid AND u.attname = 'uuid' AND u.atttypid = 'uuid'::regtype)
     ORDER BY c.relname, a.attnum`,
  );
  return [...Map.groupBy(rows, ({ entity }) => entity)]
    .map(([name, columns]) => ({ name, columns: columns.map(toColumn) }))
    .filter(({ columns }) => takesPart(columns));
}

function toColumn({ name, type, base }: { name: string; type: string; base: string }): Column {
  return { name, type, kind: kinds[base] ?? "text" };
}

const declared: Readonly<Record<Kind, string>> = {
  integer: "bigint",
  double: "double precision",
  numeric: "numeric",
  boolean: "boolean",
  text: "text",
  timestamp: "timestamptz",
  bytes: "bytea",
  json: "json",
  uuid: "uuid",
};

const own: Readonly<Record<string, string>> = {
  uuid: " NOT NULL PRIMARY KEY DEFAULT gen_random_uuid()",
  updated_at: " NOT NULL DEFAULT clock_timestamp()",
  is_deleted: " NOT NULL DEFAULT false",
};

export function declare({ name, kind }: Pick<Column, "name" | "kind">): string {
  return `${declared[kind]}${own[name] ?? ""}`;
}

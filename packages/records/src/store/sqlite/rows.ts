import { quoteName } from "@understudy/postgres/quote";
import type { Entity } from "../../entity.ts";
import { canonical, type Kind, type Row, type Value } from "../../values/kind.ts";
import { alikeRows } from "../alike.ts";
import { rowsOf, type Work } from "../work.ts";

export function* readRows(entity: Entity, uuids: readonly string[]): Work<Map<string, Row>> {
  const list = entity.columns.map(({ name, kind }) =>
    // A number of JavaScript holds 53 bits.
    kind === "integer" ? `CAST(t.${quoteName(name)} AS TEXT) AS ${quoteName(name)}` : `t.${quoteName(name)}`,
  );
  const rows = yield* rowsOf<Record<string, unknown>>(
    `SELECT ${list} FROM json_each($1) given JOIN ${quoteName(entity.name)} t ON t.uuid = given.value`,
    JSON.stringify(uuids),
  );
  return new Map(
    rows.map((row) => {
      const travelling = Object.fromEntries(entity.columns.map(({ name, kind }) => [name, encode(kind, row[name])]));
      return [String(travelling.uuid), travelling];
    }),
  );
}

export function* writeRows(entity: Entity, rows: readonly Row[]): Work<Map<string, Row>> {
  for (const { columns, rows: group } of alikeRows(entity, rows)) {
    const names = columns.map(({ name }) => quoteName(name));
    const news = names.map((name) => `${name} = excluded.${name}`);
    yield {
      text: `INSERT INTO ${quoteName(entity.name)} (${names}) VALUES (${names.map((_, index) => `$${index + 1}`)})
        ON CONFLICT (uuid) DO UPDATE SET ${news}`,
      each: group.map((row) => columns.map(({ name, kind }) => decode(kind, row[name] ?? null))),
    };
  }
  return new Map(rows.map((row) => [String(row.uuid), row]));
}

export function* removeRows(entity: Entity, uuids: readonly string[]): Work<void> {
  yield { text: `DELETE FROM ${quoteName(entity.name)} WHERE uuid = $1`, each: uuids.map((uuid) => [uuid]) };
}

export function* uuids(entity: Entity, after: string, limit: number): Work<string[]> {
  const rows = yield* rowsOf<{ uuid: string }>(
    `SELECT uuid FROM ${quoteName(entity.name)} WHERE uuid > $1 ORDER BY uuid LIMIT $2`,
    after,
    limit,
  );
  return rows.map(({ uuid }) => uuid);
}

/** A value of SQLite as it travels. */
function encode(kind: Kind, value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
  return canonical(kind, String(value));
}

function decode(kind: Kind, value: Value): unknown {
  if (value === null) return null;
  switch (kind) {
    case "integer":
      return /^-?\d+$/.test(value) ? BigInt(value) : value;
    case "double":
      // SQLite takes NaN for NULL; as a text it stays what it is.
      return value === "NaN" || Number.isNaN(Number(value)) ? value : Number(value);
    case "boolean":
      return value === "true" ? 1 : value === "false" ? 0 : value;
    case "bytes":
      return Buffer.from(value, "hex");
    default:
      return value;
  }
}

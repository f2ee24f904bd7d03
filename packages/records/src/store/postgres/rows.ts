import { quoteName } from "@understudy/postgres/quote";
import type { Entity } from "../../entity.ts";
import { canonical, type Row, type Value } from "../../values/kind.ts";
import { alikeRows } from "../alike.ts";
import { rowsOf, run, type Work } from "../work.ts";

export function* readRows(entity: Entity, uuids: readonly string[], hold = false): Work<Map<string, Row>> {
  const rows = yield* rowsOf<Record<string, Value>>(
    `SELECT ${selected(entity, "t.")} FROM ${quoteName(entity.name)} t WHERE t.uuid = ANY ($1::uuid[])
     ${hold ? "ORDER BY t.uuid FOR UPDATE" : ""}`,
    uuids,
  );
  return byUuid(entity, rows);
}

/** All rows of alike columns with one statement, of one array of texts for each column. */
export function* writeRows(entity: Entity, rows: readonly Row[]): Work<Map<string, Row>> {
  const stored = new Map<string, Row>();
  for (const { columns, rows: group } of alikeRows(entity, rows)) {
    const names = columns.map(({ name }) => quoteName(name));
    const news = names.map((name) => `${name} = excluded.${name}`);
    const values = columns.map(({ kind, type }, index) =>
      kind === "bytes" ? `decode(g.v${index}, 'hex')` : `g.v${index}::${type}`,
    );
    const written = yield* rowsOf<Record<string, Value>>(
      `INSERT INTO ${quoteName(entity.name)} AS t (${names}) OVERRIDING SYSTEM VALUE SELECT ${values}
       FROM unnest(${columns.map((_, index) => `$${index + 1}::text[]`)}) AS g(${columns.map((_, index) => `v${index}`)})
       ON CONFLICT (uuid) DO UPDATE SET ${news} RETURNING ${selected(entity, "t.")}`,
      ...columns.map(({ name }) => group.map((row) => row[name] ?? null)),
    );
    for (const [uuid, row] of byUuid(entity, written)) stored.set(uuid, row);
  }
  return stored;
}

export function* removeRows(entity: Entity, uuids: readonly string[]): Work<void> {
  yield* run(`DELETE FROM ${quoteName(entity.name)} WHERE uuid = ANY ($1::uuid[])`, uuids);
}

export function* uuids(entity: Entity, after: string, limit: number): Work<string[]> {
  const rows = yield* rowsOf<{ uuid: string }>(
    `SELECT uuid::text AS uuid FROM ${quoteName(entity.name)} WHERE uuid > $1::uuid ORDER BY uuid LIMIT $2`,
    after || "00000000-0000-0000-0000-000000000000",
    limit,
  );
  return rows.map(({ uuid }) => uuid);
}

function selected({ columns }: Entity, of: string): string {
  return columns
    .map(({ name, kind }) => {
      const column = `${of}${quoteName(name)}`;
      return `${kind === "bytes" ? `encode(${column}, 'hex')` : `${column}::text`} AS ${quoteName(name)}`;
    })
    .join();
}

function byUuid({ columns }: Entity, rows: readonly Record<string, Value>[]): Map<string, Row> {
  const canonicalRow = (row: Record<string, Value>) =>
    Object.fromEntries(
      columns.map(({ name, kind }) => {
        const text = row[name] ?? null;
        return [name, text === null ? null : canonical(kind, text)];
      }),
    );
  return new Map(rows.map((row) => [String(row.uuid), canonicalRow(row)]));
}

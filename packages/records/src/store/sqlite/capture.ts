import { quoteLiteral, quoteName } from "@understudy/postgres/quote";
import type { Entity } from "../../entity.ts";
import { rowsOf, run, type Work } from "../work.ts";

export const now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
const byOthers = "WHEN NOT EXISTS (SELECT 1 FROM sync_state WHERE name = 'applying')";
const ms = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
/** RFC 9562, version 7: those of one time lie together in every index. */
export const newUuid = `lower(printf('%08x-%04x-7', ${ms} >> 16, ${ms} & 65535) || substr(hex(randomblob(2)), 2) || '-' ||
  substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))`;

const hex = (digits: number) => "[0-9a-f]".repeat(digits);
const wellFormed = `'${[8, 4, 4, 4, 12].map(hex).join("-")}'`;
const refuseOthers = `SELECT raise(ABORT, 'uuid must be written as 8-4-4-4-12 lower-case hex digits')
  WHERE new.uuid NOT GLOB ${wellFormed};`;

/** Triggers that note who was written; made anew when the columns are others, as they name them. */
export function* capture({ name, columns }: Entity): Work<boolean> {
  const table = quoteName(name);
  const type = quoteLiteral(name);
  const changed = columns
    .map(
      ({ name: column }) =>
        `SELECT ${quoteLiteral(column)} AS name WHERE old.${quoteName(column)} IS NOT new.${quoteName(column)}`,
    )
    .join(" UNION ALL ");
  const note = (uuid: string, operation: string, at: string, list: string) =>
    `INSERT INTO sync_changes (entity_type, entity_uuid, operation, created_at, changed)
       SELECT ${type}, ${uuid}, ${operation}, ${at}, ${list}`;
  // Only a hint: what a packet says of a record is read from its row.
  const replaced = (yield* uniqueKeys(name))
    .map((key) => key.map((column) => `${quoteName(column)} = new.${quoteName(column)}`).join(" AND "))
    .map((same) => `(${same})`)
    .join(" OR ");
  const noteReplaced = (rows: string) =>
    `BEGIN ${note("uuid", "'DELETE'", now, "'[]'")} FROM ${table} WHERE (${replaced}) AND uuid IS NOT new.uuid AND ${rows}; END`;
  const triggers: Readonly<Record<string, string>> = {
    replace: replaced && `BEFORE INSERT ON ${table} ${byOthers} ${noteReplaced("uuid IS NOT NULL")}`,
    displace:
      replaced && `BEFORE UPDATE ON ${table} ${byOthers} ${noteReplaced("rowid <> old.rowid AND uuid IS NOT NULL")}`,
    insert: `AFTER INSERT ON ${table} ${byOthers} BEGIN
      ${refuseOthers}
      UPDATE ${table} SET uuid = ${newUuid} WHERE rowid = new.rowid AND uuid IS NULL;
      ${note("uuid", "iif(is_deleted, 'DELETE', 'INSERT')", `coalesce(updated_at, ${now})`, "NULL")}
        FROM ${table} WHERE rowid = new.rowid;
    END`,
    // A writer that does not touch updated_at has it moved.
    update: `AFTER UPDATE ON ${table} ${byOthers} BEGIN
      ${refuseOthers}
      UPDATE ${table} SET updated_at = ${now} WHERE rowid = new.rowid AND new.updated_at IS old.updated_at;
      ${note("old.uuid", "'DELETE'", now, "NULL")} WHERE old.uuid IS NOT NULL AND old.uuid IS NOT new.uuid;
      ${note(
        "new.uuid",
        "iif(new.is_deleted, 'DELETE', 'UPDATE')",
        `iif(new.updated_at IS old.updated_at, ${now}, new.updated_at)`,
        `iif(old.uuid IS new.uuid, (SELECT json_group_array(name) FROM (${changed})), NULL)`,
      )} WHERE new.uuid IS NOT NULL;
    END`,
    delete: `AFTER DELETE ON ${table} ${byOthers} BEGIN
      ${note("old.uuid", "'DELETE'", now, "NULL")} WHERE old.uuid IS NOT NULL;
    END`,
  };
  const rows = yield* rowsOf<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = $1",
    name,
  );
  const there = new Map(rows.map((row) => [row.name, row.sql]));
  let made = false;
  for (const [event, body] of Object.entries(triggers)) {
    const trigger = `sync_${event}_${name}`;
    const text = body && `CREATE TRIGGER ${quoteName(trigger)} ${body}`;
    if ((there.get(trigger) ?? "") === text) continue;
    yield* run(`DROP TRIGGER IF EXISTS ${quoteName(trigger)}`);
    if (text) yield* run(text);
    made = true;
  }
  return made;
}

/** Columns, uuid apart, of which no two rows have the same: `INSERT OR REPLACE` removes a row that is in its way, and no trigger hears of it. */
function* uniqueKeys(table: string): Work<string[][]> {
  const rows = yield* rowsOf<{ key: string; name: string | null }>(
    `SELECT i.name AS key, c.name AS name FROM pragma_index_list($1) i JOIN pragma_index_info(i.name) c WHERE i."unique"
     UNION ALL SELECT '', name FROM pragma_table_info($1) WHERE pk > 0`,
    table,
  );
  const keys = [...Map.groupBy(rows, ({ key }) => key).values()].map((key) => key.map(({ name }) => name));
  // An index over an expression has no name for it.
  const named = keys.filter((key): key is string[] => !key.includes(null) && String(key) !== "uuid");
  return [...new Map(named.map((key) => [key.join(), key])).values()];
}

import { UserError } from "@understudy/core/light";
import { quoteName } from "@understudy/postgres/quote";
import { readNumber, writeState } from "../../books/state.ts";
import type { Role } from "../dialect.ts";
import { rowsOf, run, type Work } from "../work.ts";
import { capture } from "./capture.ts";
import { entities } from "./entities.ts";

/** Add what a table needs to take part, with the rows that it has. @throws UserError where it cannot */
export function* enable(table: string, role: Role): Work<string[]> {
  const columns = yield* rowsOf<{ name: string; type: string; keyed: boolean }>(
    `SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type, coalesce(a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) ~ 'nextval', false)
       AND coalesce(a.attnum = ANY (i.indkey), false) AS keyed
     FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname = $1`,
    table,
  );
  if (columns.length === 0)
    throw new UserError(`There is no table "${table}" in this schema`, { next: "See \\dt in pnpm db:shell" });
  const name = quoteName(table);
  const done: string[] = [];
  for (const [column, type, definition] of own) {
    const found = columns.find((one) => one.name === column);
    if (found && found.type !== type) {
      throw new UserError(`Column "${column}" of "${table}" is of type ${found.type}, and must be ${type}`);
    }
    if (found) continue;
    // A default that is computed gives every row that is there its own.
    yield* run(`ALTER TABLE ${name} ADD COLUMN ${column} ${type} NOT NULL DEFAULT ${definition}`);
    done.push(`column ${column}`);
  }
  const [unique] = yield* rowsOf(
    `SELECT 1 AS one FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'uuid'
     WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum`,
    name,
  );
  if (!unique) {
    yield* run(`CREATE UNIQUE INDEX ON ${name} (uuid)`);
    done.push("unique index on uuid");
  }
  const entity = (yield* entities()).find((one) => one.name === table);
  if (!entity) throw new UserError(`Table "${table}" cannot take part`);
  yield* capture(entity);
  yield* deferForeignKeys(name);
  done.push("capture by triggers");
  if (role === "server") done.push(`${yield* number(table)} rows numbered`);
  else done.push(`${yield* queue(table)} rows wait to be sent`);
  const key = columns.find(({ keyed }) => keyed);
  if (key) done.push(`mind: "${key.name}" counts up in every replica by itself; let new rows be told apart by uuid`);
  return done;
}

const own = [
  ["uuid", "uuid", "gen_random_uuid()"],
  ["updated_at", "timestamp with time zone", "clock_timestamp()"],
  ["is_deleted", "boolean", "false"],
] as const;

/** Rows of a packet may come before those that they refer to. */
function* deferForeignKeys(name: string): Work<void> {
  const keys = yield* rowsOf<{ name: string }>(
    "SELECT conname AS name FROM pg_catalog.pg_constraint WHERE conrelid = $1::regclass AND contype = 'f' AND NOT condeferrable",
    name,
  );
  for (const key of keys)
    yield* run(`ALTER TABLE ${name} ALTER CONSTRAINT ${quoteName(key.name)} DEFERRABLE INITIALLY IMMEDIATE`);
}

/** All at once: a table may have millions of rows. In the order of uuids: a node that fetches them fills its indexes from end to end. */
function* number(table: string): Work<number> {
  const version = yield* readNumber("version");
  const [row] = yield* rowsOf<{ numbered: number }>(
    `WITH numbered AS (
       INSERT INTO sync_records (entity_type, entity_uuid, version, stamp, deleted, changed_at)
       SELECT $1, t.uuid, $2::bigint + row_number() OVER (ORDER BY t.uuid), floor(extract(epoch FROM t.updated_at) * 1000)::bigint << 16,
         t.is_deleted, clock_timestamp()
       FROM ${quoteName(table)} t ON CONFLICT DO NOTHING RETURNING 1)
     SELECT count(*) AS numbered FROM numbered`,
    table,
    version,
  );
  const numbered = Number(row?.numbered ?? 0);
  // Rows that were there before had their numbers used up: what matters is that none is given twice.
  const [newest] = yield* rowsOf<{ version: number | null }>("SELECT max(version) AS version FROM sync_records");
  yield* writeState("version", Math.max(version, Number(newest?.version ?? 0)));
  return numbered;
}

/** What neither the server nor the triggers know of counts as written now. */
function* queue(table: string): Work<number> {
  const [row] = yield* rowsOf<{ queued: number }>(
    `WITH queued AS (
       INSERT INTO sync_changes (entity_type, entity_uuid, operation, created_at)
       SELECT $1, t.uuid, CASE WHEN t.is_deleted THEN 'DELETE' ELSE 'INSERT' END, t.updated_at FROM ${quoteName(table)} t
       WHERE NOT EXISTS (SELECT FROM sync_records r WHERE r.entity_type = $1 AND r.entity_uuid = t.uuid)
         AND NOT EXISTS (SELECT FROM sync_changes c WHERE c.entity_type = $1 AND c.entity_uuid = t.uuid)
       RETURNING 1)
     SELECT count(*) AS queued FROM queued`,
    table,
  );
  return Number(row?.queued ?? 0);
}

import { UserError } from "@understudy/core/light";
import { quoteName } from "@understudy/postgres/quote";
import { rowsOf, run, type Work } from "../work.ts";
import { capture, newUuid } from "./capture.ts";
import { entities } from "./entities.ts";

/** Add what a table needs to take part. @throws UserError where it cannot */
export function* enable(table: string): Work<string[]> {
  const [found] = yield* rowsOf<{ sql: string }>(
    "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = $1",
    table,
  );
  if (!found) throw new UserError(`There is no table "${table}"`);
  if (/\bWITHOUT\s+ROWID\b[^)]*$/i.test(found.sql)) {
    throw new UserError(`Table "${table}" is WITHOUT ROWID, which triggers cannot follow`, {
      next: "Make it anew without that",
    });
  }
  const columns = yield* rowsOf<{ name: string; type: string }>("SELECT name, type FROM pragma_table_info($1)", table);
  const lossy = columns.find(({ type }) => /NUMERIC|DECIMAL/i.test(type) && !/TEXT|CHAR|CLOB/i.test(type));
  if (lossy) {
    throw new UserError(`Column "${lossy.name}" is declared ${lossy.type}, of which SQLite keeps 15 digits`, {
      next: "Declare it as NUMERIC TEXT",
    });
  }
  const has = (name: string) => columns.some((column) => column.name === name);
  const name = quoteName(table);
  const done: string[] = [];
  if (!has("uuid")) {
    yield* run(`ALTER TABLE ${name} ADD COLUMN uuid UUID TEXT`);
    done.push("column uuid");
  }
  if (!has("updated_at")) {
    yield* run(`ALTER TABLE ${name} ADD COLUMN updated_at TIMESTAMPTZ TEXT`);
    done.push("column updated_at");
  }
  if (!has("is_deleted")) {
    yield* run(`ALTER TABLE ${name} ADD COLUMN is_deleted BOOLEAN NOT NULL DEFAULT 0`);
    done.push("column is_deleted");
  }
  yield* run(`UPDATE ${name} SET uuid = coalesce(uuid, ${newUuid}),
    updated_at = coalesce(updated_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) WHERE uuid IS NULL OR updated_at IS NULL`);
  yield* run(`CREATE UNIQUE INDEX IF NOT EXISTS ${quoteName(`sync_uuid_${table}`)} ON ${name} (uuid)`);
  yield* captureRows(table);
  done.push("capture by triggers");
  return done;
}

/** Rows that are there already count as written now, once. */
function* captureRows(table: string): Work<void> {
  const entity = (yield* entities()).find(({ name }) => name === table);
  if (!entity) throw new UserError(`Table "${table}" cannot take part`);
  yield* capture(entity);
  yield* run(
    `INSERT INTO sync_changes (entity_type, entity_uuid, operation, created_at)
     SELECT $1, uuid, iif(is_deleted, 'DELETE', 'INSERT'), updated_at FROM ${quoteName(table)} t
     WHERE NOT EXISTS (SELECT 1 FROM sync_records r WHERE r.entity_type = $1 AND r.entity_uuid = t.uuid)
       AND NOT EXISTS (SELECT 1 FROM sync_changes c WHERE c.entity_type = $1 AND c.entity_uuid = t.uuid)`,
    table,
  );
}

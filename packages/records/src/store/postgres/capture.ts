import { quoteLiteral, quoteName } from "@understudy/postgres/quote";
import type { Entity } from "../../entity.ts";
import { rowsOf, run, type Work } from "../work.ts";

/** Also what follows from a write of the engine: rows that go with theirs by ON DELETE CASCADE, what the database's own triggers write. */
const byOthers = "WHEN (current_setting('understudy.applying', true) IS DISTINCT FROM 'on' OR pg_trigger_depth() > 0)";

/**
 * The functions behind all triggers. They run as who made them, so that a writer needs no right on the engine's tables, and find those
 * beside the table that is written.
 */
export const captureFunctions: readonly string[] = [
  `CREATE OR REPLACE FUNCTION sync_touch() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at THEN NEW.updated_at := clock_timestamp(); END IF;
    RETURN NEW;
  END $$`,
  `CREATE OR REPLACE FUNCTION sync_capture() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    changed json;
  BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.uuid <> NEW.uuid) THEN
      EXECUTE format('INSERT INTO %I.sync_changes (entity_type, entity_uuid, operation, created_at) VALUES ($1, $2, ''DELETE'', clock_timestamp())',
        TG_TABLE_SCHEMA) USING TG_ARGV[0], OLD.uuid;
    END IF;
    IF TG_OP <> 'DELETE' THEN
      IF TG_OP = 'UPDATE' AND OLD.uuid = NEW.uuid THEN
        SELECT json_agg(n.key) INTO changed FROM json_each_text(row_to_json(NEW)) n JOIN json_each_text(row_to_json(OLD)) o USING (key)
          WHERE n.value IS DISTINCT FROM o.value;
      END IF;
      EXECUTE format('INSERT INTO %I.sync_changes (entity_type, entity_uuid, operation, created_at, changed) VALUES ($1, $2, $3, $4, $5)',
        TG_TABLE_SCHEMA) USING TG_ARGV[0], NEW.uuid, CASE WHEN NEW.is_deleted THEN 'DELETE' ELSE TG_OP END,
        coalesce(NEW.updated_at, clock_timestamp()), changed;
    END IF;
    RETURN NULL;
  END $$`,
  `CREATE OR REPLACE FUNCTION sync_capture_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    EXECUTE format('INSERT INTO %I.sync_changes (entity_type, entity_uuid, operation, created_at)
      SELECT $1, uuid, ''DELETE'', clock_timestamp() FROM %I.%I', TG_TABLE_SCHEMA, TG_TABLE_SCHEMA, TG_TABLE_NAME) USING TG_TABLE_NAME;
    RETURN NULL;
  END $$`,
];

/** Where they are missing: to make them waits for everybody who writes to the table. */
export function* capture({ name }: Entity): Work<boolean> {
  const table = quoteName(name);
  const there = yield* rowsOf(
    "SELECT 1 AS one FROM pg_catalog.pg_trigger WHERE tgrelid = $1::regclass AND tgname IN ('sync_touch', 'zz_sync_capture', 'sync_capture_truncate')",
    table,
  );
  if (there.length === 3) return false;
  yield* run(
    `CREATE OR REPLACE TRIGGER sync_touch BEFORE UPDATE ON ${table} FOR EACH ROW ${byOthers} EXECUTE FUNCTION sync_touch()`,
  );
  // Its name makes it the last. A partition's writes count as its table's.
  yield* run(
    `CREATE OR REPLACE TRIGGER zz_sync_capture AFTER INSERT OR UPDATE OR DELETE ON ${table}
     FOR EACH ROW ${byOthers} EXECUTE FUNCTION sync_capture(${quoteLiteral(name)})`,
  );
  yield* run(
    `CREATE OR REPLACE TRIGGER sync_capture_truncate BEFORE TRUNCATE ON ${table}
     FOR EACH STATEMENT EXECUTE FUNCTION sync_capture_truncate()`,
  );
  return true;
}

import { type Connection, quoteTable } from "@understudy/postgres";
import type { AppliedMigration } from "../plan/pending.ts";
import type { N8nTables } from "./tables.ts";

/** Whether what a migration brought runs: `pending` until n8n was told, `failed` when it would not. */
export type Publication = "none" | "pending" | "done" | "failed";

/** The note of a migration that a person let write over what was here. */
export const overwritten = "over what was here";

/** The note of a migration whose content was here before it was applied. */
export const wasHere = "was here already";

/** A row of `migration_metadata`. */
export interface MetadataRow extends AppliedMigration {
  /** The version that it made in n8n's history; null when it changed nothing. */
  readonly versionId: string | null;
  /** The version that ran before it; null when none did. */
  readonly previousVersionId: string | null;
  readonly publish: Publication;
  readonly syncedAt: Date;
  readonly notes: string | null;
}

/** As SQL. */
export function metadataTable({ schema }: Pick<N8nTables, "schema">): string {
  return quoteTable({ schema, name: "migration_metadata" });
}

/**
 * Make the table in which an n8n's database says which migrations it has, beside n8n's own. It has no foreign key: a workflow that is
 * deleted here must not take with it that its migration was applied.
 */
export async function ensureMetadata(tables: N8nTables): Promise<void> {
  const table = metadataTable(tables);
  await tables.session.query(`CREATE TABLE IF NOT EXISTS ${table} (
    migration_file text PRIMARY KEY,
    source text NOT NULL CHECK (source IN ('dev', 'prod', 'staging')),
    workflow_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    synced_at timestamptz NOT NULL DEFAULT now(),
    notes text,
    checksum text,
    version_id text,
    previous_version_id text,
    publish text NOT NULL DEFAULT 'none' CHECK (publish IN ('none', 'pending', 'done', 'failed'))
  )`);
  for (const [name, column] of [
    ["source", "source"],
    ["workflow", "workflow_id"],
    ["synced", "synced_at"],
  ]) {
    await tables.session.query(`CREATE INDEX IF NOT EXISTS idx_migration_metadata_${name} ON ${table} (${column})`);
  }
}

/** What an n8n's database says of migrations; nothing where none was ever applied. */
export async function readMetadata(tables: N8nTables): Promise<MetadataRow[]> {
  if (!(await hasMetadata(tables))) return [];
  return await tables.session.query<MetadataRow>(
    `SELECT migration_file AS name, checksum, workflow_id AS "workflowId", version_id AS "versionId",
       previous_version_id AS "previousVersionId", publish, synced_at AS "syncedAt", notes
     FROM ${metadataTable(tables)} ORDER BY migration_file`,
  );
}

/**
 * Names of the migrations that were applied here after a moment, in the order in which they were.
 * @param since by this machine's clock, which need not be the database's
 */
export async function namesSince(tables: N8nTables, since: Date): Promise<string[]> {
  if (!(await hasMetadata(tables))) return [];
  const rows = await tables.session.query<{ name: string }>(
    `SELECT migration_file AS name FROM ${metadataTable(tables)}
     WHERE created_at > $1::timestamptz + (clock_timestamp() - $2::timestamptz) ORDER BY created_at, migration_file`,
    [since, new Date()],
  );
  return rows.map(({ name }) => name);
}

/** From here on these migrations are not applied here. */
export async function forgetNotes(tables: N8nTables, names: readonly string[]): Promise<void> {
  await tables.session.query(`DELETE FROM ${metadataTable(tables)} WHERE migration_file = ANY($1)`, [names]);
}

async function hasMetadata({ session, schema }: N8nTables): Promise<boolean> {
  const found = await session.query(
    "SELECT FROM information_schema.tables WHERE table_schema = $1 AND table_name = 'migration_metadata'",
    [schema],
  );
  return found.length > 0;
}

/** What is written of a migration once it is applied, or counts as such. */
export interface Note {
  readonly name: string;
  readonly source: string;
  readonly workflowId: string;
  readonly checksum: string;
  readonly versionId: string | null;
  readonly previousVersionId: string | null;
  readonly publish: Publication;
  readonly notes: string | null;
}

/** Write a migration down, over what its own statements say. */
export async function writeNote(tables: N8nTables, note: Note): Promise<void> {
  await tables.session.repeat(
    `INSERT INTO ${metadataTable(tables)}
       (migration_file, source, workflow_id, checksum, version_id, previous_version_id, publish, notes)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (migration_file) DO UPDATE SET checksum = EXCLUDED.checksum, version_id = EXCLUDED.version_id,
       previous_version_id = EXCLUDED.previous_version_id, publish = EXCLUDED.publish, notes = EXCLUDED.notes,
       synced_at = now()`,
    [
      ...[note.name, note.source, note.workflowId, note.checksum, note.versionId, note.previousVersionId],
      ...[note.publish, note.notes],
    ],
  );
}

/** Say what became of publishing. */
export async function writePublication(
  tables: N8nTables,
  names: readonly string[],
  publish: Publication,
): Promise<void> {
  await tables.session.query(
    `UPDATE ${metadataTable(tables)} SET publish = $2, synced_at = now() WHERE migration_file = ANY($1)`,
    [names, publish],
  );
}

/**
 * Let one n8n's database say of workflows' migrations what another's says, in the transaction that is open: what neither has said is
 * pending there. A workflow that is gone keeps what was said of it.
 */
export async function carryMetadata(from: N8nTables, to: N8nTables, workflowIds: readonly string[]): Promise<void> {
  const [theirs, there] = [await hasMetadata(from), await hasMetadata(to)];
  if (there) await to.session.query(`DELETE FROM ${metadataTable(to)} WHERE workflow_id = ANY($1)`, [workflowIds]);
  if (!theirs) return;
  const rows = await from.session.query<{ row: string }>(
    `SELECT to_jsonb(m)::text AS row FROM ${metadataTable(from)} m WHERE workflow_id = ANY($1)`,
    [workflowIds],
  );
  if (rows.length === 0) return;
  await ensureMetadata(to);
  for (const { row } of rows) {
    await to.session.query(
      `INSERT INTO ${metadataTable(to)} SELECT * FROM jsonb_populate_record(NULL::${metadataTable(to)}, $1::jsonb)
       ON CONFLICT (migration_file) DO NOTHING`,
      [row],
    );
  }
}

/** Any number will do, as long as everybody who applies migrations takes this one. */
const lockKey = 8_247_193_310;

/**
 * Be the only one who applies migrations to a database, until the session ends.
 * @returns whether nobody else is
 */
export async function lockMigrations(session: Connection): Promise<boolean> {
  const [row] = await session.query<{ locked: boolean }>("SELECT pg_catalog.pg_try_advisory_lock($1) AS locked", [
    lockKey,
  ]);
  return row?.locked ?? false;
}

import { messageOf } from "@understudy/core";
import type { Server } from "@understudy/data";
import { dropPartitionedIndexes } from "./partitioned-indexes.ts";

/** Everything of a database but its rows, as pg_dump wrote it in its custom format, base64. */
export type SchemaArchive = string & { readonly archive: unique symbol };

/** Dump a database's schema as one snapshot sees it. It may hold literals of people's making; the leak scan looks at what becomes of it. */
export async function dumpSchema(source: Server, database: string, snapshot: string): Promise<SchemaArchive> {
  const dump = `pg_dump --format=custom --schema-only --no-subscriptions --no-password --snapshot="$1" --dbname="$2" | base64 -w0`;
  return (await source.tool(["bash", "-o", "pipefail", "-c", dump, "bash", snapshot, database])) as SchemaArchive;
}

/** What must be there before rows: types, functions, tables, views. */
export function restoreBeforeRows(copy: Server, database: string, archive: SchemaArchive): Promise<void> {
  return restore(copy, database, archive, ["--section=pre-data"]);
}

/**
 * What is faster or only right after rows: indexes, constraints, triggers, rules, policies.
 * @param again an earlier attempt was cut off: what it made is dropped first.
 */
export async function restoreAfterRows(
  copy: Server,
  database: string,
  archive: SchemaArchive,
  { jobs, again }: { readonly jobs: number; readonly again: boolean },
): Promise<void> {
  if (again) {
    await using session = await copy.connect(database);
    await dropPartitionedIndexes(session);
  }
  const clean = again ? ["--clean", "--if-exists"] : [];
  try {
    await restore(copy, database, archive, ["--section=post-data", `--jobs=${jobs}`, ...clean]);
  } catch (error) {
    // Jobs of pg_restore come into each other's way where partitions are.
    if (jobs === 1 || !messageOf(error).includes("deadlock detected")) throw error;
    await restoreAfterRows(copy, database, archive, { jobs: 1, again: true });
  }
}

async function restore(
  copy: Server,
  database: string,
  archive: SchemaArchive,
  flags: readonly string[],
): Promise<void> {
  // A file: jobs of pg_restore each open it for themselves. The passwords of foreign servers stay in production.
  const script = [
    'set -euo pipefail; folder=$(mktemp -d); trap \'rm -rf "$folder"\' EXIT; base64 -d > "$folder/dump"; database=$1; shift',
    'pg_restore --list "$folder/dump" | grep -vE "^[0-9]+; [0-9]+ [0-9]+ USER MAPPING " > "$folder/list"',
    "export PGOPTIONS='-c maintenance_work_mem=128MB -c synchronous_commit=off -c statement_timeout=0 -c lock_timeout=0 -c lc_messages=C'",
    'pg_restore --no-password --exit-on-error --dbname="$database" --use-list="$folder/list" "$@" "$folder/dump"',
  ].join("; ");
  await copy.tool(["bash", "-c", script, "bash", database, ...flags], archive);
}

import type { Connection } from "@understudy/postgres";

/**
 * Drop indexes and keys of partitioned tables and of partitions. pg_restore --clean cannot: what is attached it tries to drop by
 * itself, which Postgres refuses, and what was not attached yet it leaves.
 */
export async function dropPartitionedIndexes(copy: Connection): Promise<void> {
  for (const { sql } of await copy.query<{ sql: string }>(dropStatements)) await copy.query(sql);
}

// What is attached goes with what it is attached to.
const dropStatements = `
  SELECT CASE WHEN k.oid IS NULL THEN pg_catalog.format('DROP INDEX %I.%I CASCADE', n.nspname, c.relname)
    ELSE pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', i.indrelid::regclass, k.conname) END AS sql
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid AND NOT c.relispartition
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid AND (t.relkind = 'p' OR t.relispartition)
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')`;

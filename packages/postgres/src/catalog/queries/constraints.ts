import type { Connection } from "../../connect.ts";
import type { CheckConstraint, Exclusion, ForeignKey } from "../catalog.ts";
import { columnNames, OfTable, userTables } from "./of-table.ts";

/** CHECK constraints of all tables. */
export async function readChecks(connection: Connection): Promise<OfTable<CheckConstraint>> {
  const rows = await connection.query<CheckConstraint & { table: number }>(checks);
  return new OfTable(rows.map(({ table, ...check }) => [table, check]));
}

/** Foreign keys of all tables. */
export async function readForeignKeys(connection: Connection): Promise<OfTable<ForeignKey>> {
  const rows = await connection.query<Omit<ForeignKey, "full"> & { table: number; full: boolean }>(foreignKeys);
  return new OfTable(rows.map(({ table, full, ...key }) => [table, full ? { ...key, full } : key]));
}

/** Exclusion constraints of all tables. */
export async function readExclusions(connection: Connection): Promise<OfTable<Exclusion>> {
  const rows = await connection.query<Exclusion & { table: number }>(exclusions);
  return new OfTable(rows.map(({ table, ...exclusion }) => [table, exclusion]));
}

const checks = `
  SELECT k.conrelid AS table, k.conname AS name, pg_get_expr(k.conbin, k.conrelid) AS expression,
    ${columnNames("k.conrelid", "k.conkey")} AS columns
  FROM pg_constraint k
  WHERE k.contype = 'c' AND k.conrelid IN (${userTables})
  ORDER BY k.conrelid, k.conname COLLATE "C"`;

// A key to a partitioned table is noted once more for each of its partitions.
const foreignKeys = `
  SELECT k.conrelid AS table, k.conname AS name, n.nspname || '.' || c.relname AS references,
    ${columnNames("k.conrelid", "k.conkey")} AS columns,
    ${columnNames("k.confrelid", "k.confkey")} AS "referencedColumns",
    k.confmatchtype = 'f' AS full
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE k.contype = 'f' AND k.conrelid IN (${userTables})
    AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)
  ORDER BY k.conrelid, k.conname COLLATE "C"`;

const exclusions = `
  SELECT k.conrelid AS table, k.conname AS name, (
    SELECT json_agg(json_build_object('sql', pg_get_indexdef(k.conindid, place::int, false), 'operator', o.oprname) ORDER BY place)
    FROM unnest(k.conexclop) WITH ORDINALITY AS used (operator, place) JOIN pg_operator o ON o.oid = used.operator) AS elements
  FROM pg_constraint k
  WHERE k.contype = 'x' AND k.conrelid IN (${userTables})
  ORDER BY k.conrelid, k.conname COLLATE "C"`;

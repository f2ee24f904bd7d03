import { quoteName, valueHash } from "@understudy/postgres";
import type { LookColumn } from "../plan/look.ts";
import type { CarriedTable } from "./carried-table.ts";
import { fromSql } from "./carried-table.ts";

/** SQL for 64 bits of some values of a row, the same on every server. */
export function rowHash(columns: readonly LookColumn[], alias?: string): string {
  const values = columns.map((column) => {
    const name = quoteName(column.name);
    return valueHash(alias ? `${alias}.${name}` : name, column);
  });
  return `pg_catalog.hashint8extended(pg_catalog.hash_array_extended(ARRAY[${values.join(", ")}]::bigint[], 0), 0)`;
}

/** Each part's rows and the sum of their hashes. @param conditions SQL, all of which must hold */
export function digestSql(table: CarriedTable, conditions: readonly string[]): string {
  return `SELECT bucket, count(*)::int AS rows, sum(hash)::text AS sum
    FROM (SELECT ${bucketSql(table)} AS bucket, ${rowHash(table.compared)} AS hash FROM ${fromSql(table)}${whereSql(conditions)} OFFSET 0) AS hashed
    GROUP BY bucket ORDER BY bucket`;
}

/** Which part a row belongs to: by its key, or by all of it where it has none. */
export function bucketSql({ plan, key, compared }: CarriedTable): string {
  if (plan.buckets === 1) return "0";
  return `(${rowHash(key.length > 0 ? key : compared)} & ${plan.buckets - 1})::int`;
}

export function whereSql(conditions: readonly string[]): string {
  return conditions.length > 0 ? ` WHERE ${conditions.map((condition) => `(${condition})`).join(" AND ")}` : "";
}

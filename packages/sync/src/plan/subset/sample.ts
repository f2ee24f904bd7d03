import type { Family, Relation } from "./relations.ts";
import { column } from "./sql.ts";

/** Tables of fewer rows are taken whole: they are what other rows are told apart by, and cost nothing. */
const fewestRows = 1_000;

/** For tables that were never analyzed: rows of 80 bytes. */
const rowsPerPage = 100;

export function isLarge({ leaves }: Family): boolean {
  const rows = [...leaves].map(({ table }) =>
    table.estimatedRows < 0 ? table.pages * rowsPerPage : table.estimatedRows,
  );
  return rows.reduce((sum, count) => sum + count, 0) >= fewestRows;
}

/**
 * The condition that holds for a share of the rows, by a hash of their primary key, or of all that a row holds where there is
 * none. The hash of a key is the same in all tables, so that rows of tables that share their keys stay together.
 * @param share 0 to 1
 */
export function sampleCondition(relation: Relation, share: number): string {
  const { table } = relation.family.root;
  const key = table.uniques.find(({ primary }) => primary)?.columns ?? table.columns.map(({ name }) => name);
  const text = `ROW(${key.map((name) => column(relation, name)).join(", ")})::text COLLATE "C"`;
  return `pg_catalog.hashtextextended(${text}, 0) < ${threshold(share)}`;
}

/** Below which that share of all 64-bit numbers is. A number has 53 bits, the rest is zeros. */
function threshold(share: number): bigint {
  return BigInt(Math.round(share * 2 ** 53)) * 2n ** 11n - 2n ** 63n;
}

import { quoteLiteral, quoteTable, type Table } from "@understudy/postgres";
import { patterns } from "./patterns.ts";

/** Values that are looked at together: a column, or a path in one. */
export interface Place {
  /** What the answer calls it. */
  readonly name: string;
  /** SQL over the table's own columns that gives each value as text, one a row: an expression, or one that returns a set. */
  readonly values: string;
}

/** Rows of a table that are looked at. */
export const sampleRows = 1_000;

/** Longer values are looked at as far as this, characters. */
const longest = 4_000;

/**
 * A query that says how the values of some places look: `place`, `values`, `different` and a count for each pattern. Everything is counted
 * on production's side; no value leaves it.
 */
export function probeSql(table: Table, places: readonly Place[]): string {
  const values = places.map(
    ({ name, values }) => `SELECT ${quoteLiteral(name)} AS place, (${values})::text AS value FROM sample`,
  );
  const counts = Object.entries(patterns).map(([name, sql]) => `count(*) FILTER (WHERE ${sql})::int AS "${name}"`);
  return `WITH sample AS MATERIALIZED (${sample(table)}),
found AS (${values.join(" UNION ALL ")}),
looked AS (SELECT place, left(value, ${longest}) AS v FROM found WHERE value <> '')
SELECT place, count(*)::int AS values, count(DISTINCT v)::int AS different, ${counts.join(", ")} FROM looked GROUP BY place`;
}

/** Rows from all over a large table; the first of a small one. Of a partitioned one, those of its partitions. */
function sample(table: Table): string {
  const from = `SELECT * FROM ${quoteTable(table)}`;
  const enough = table.estimatedRows / (sampleRows * 5);
  // System sampling takes whole pages: five times too many rows, so that a gap does not count.
  const part =
    enough > 2 && table.kind === "table" ? ` TABLESAMPLE SYSTEM (${Number((100 / enough).toPrecision(2))})` : "";
  return `${from}${part} LIMIT ${sampleRows}`;
}

import type { Connection } from "../../connect.ts";
import type { Computation } from "../catalog.ts";
import { OfTable, userTables } from "./of-table.ts";

/** What indexes and extended statistics of all tables compute. */
export async function readComputations(connection: Connection): Promise<OfTable<Computation>> {
  const rows = await connection.query<Computation & { table: number }>(computations);
  return new OfTable(rows.map(({ table, ...computation }) => [table, computation]));
}

// What is no column has the number 0.
const computations = `
  SELECT found.table, found.name, found.part, found.sql FROM (
    SELECT i.indrelid AS table, c.relname AS name, 'key' AS part, pg_get_indexdef(i.indexrelid, place::int, false) AS sql
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid,
      unnest(i.indkey[0 : i.indnkeyatts - 1]) WITH ORDINALITY AS key (attnum, place)
    WHERE key.attnum = 0
    UNION ALL
    SELECT i.indrelid, c.relname, 'condition', pg_get_expr(i.indpred, i.indrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indpred IS NOT NULL
    UNION ALL
    SELECT s.stxrelid, s.stxname, 'statistics', unnest(pg_get_statisticsobjdef_expressions(s.oid)) FROM pg_statistic_ext s
  ) AS found
  WHERE found.table IN (${userTables})
  ORDER BY found.table, found.name COLLATE "C", found.sql COLLATE "C"`;

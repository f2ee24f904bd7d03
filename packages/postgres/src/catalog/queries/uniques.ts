import type { Connection } from "../../connect.ts";
import type { UniqueIndex } from "../catalog.ts";
import { columnNames, OfTable, userTables } from "./of-table.ts";

interface Row extends Omit<UniqueIndex, "dependsOn" | "predicate" | "nullsEqual"> {
  readonly table: number;
  readonly predicate: string | null;
  /** NULL before version 15, which knows no such index. */
  readonly nullsEqual: true | null;
  readonly depends: readonly string[];
  readonly all: readonly string[];
  readonly included: readonly string[];
}

/** Unique indexes of all tables, those of exclusion constraints too; not what CREATE INDEX CONCURRENTLY left broken. */
export async function readUniques(connection: Connection): Promise<OfTable<UniqueIndex>> {
  const rows = await connection.query<Row>(uniques);
  return new OfTable(
    rows.map(({ table, predicate, nullsEqual, depends, all, included, ...index }) => {
      const computed = index.expressions || predicate !== null;
      const dependsOn = dependsOnOf(index.columns, computed, { depends, all, included });
      const unique = { ...index, dependsOn, predicate: predicate ?? undefined };
      return [table, nullsEqual ? { ...unique, nullsEqual } : unique];
    }),
  );
}

function dependsOnOf(
  columns: readonly string[],
  computed: boolean,
  { depends, all, included }: Pick<Row, "depends" | "all" | "included">,
) {
  // INCLUDE leaves the same trace in pg_depend as an expression does: only where there is none is it sure to be that.
  const traced = computed ? depends : depends.filter((name) => !included.includes(name));
  const named = new Set([...columns, ...traced]);
  // An expression over the whole row names no column.
  return named.size > 0 ? all.filter((name) => named.has(name)) : all;
}

const uniques = `
  SELECT i.indrelid AS table, c.relname AS name, i.indisprimary AS primary, i.indexprs IS NOT NULL AS expressions,
    pg_get_expr(i.indpred, i.indrelid) AS predicate,
    ${columnNames("i.indrelid", "i.indkey[0 : i.indnkeyatts - 1]")} AS columns,
    to_jsonb(i) ->> 'indnullsnotdistinct' = 'true' AS "nullsEqual",
    ${columnNames("i.indrelid", "i.indkey[i.indnkeyatts : i.indnatts - 1]")} AS included,
    ${columnNames(
      "i.indrelid",
      `ARRAY(SELECT d.refobjsubid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid > 0)`,
    )} AS depends,
    ARRAY(SELECT a.attname::text FROM pg_attribute a
      WHERE a.attrelid = i.indrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS all
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid IN (${userTables}) AND (i.indisunique OR i.indisexclusion) AND (i.indisvalid OR c.relkind = 'I')
  ORDER BY i.indrelid, i.indisprimary DESC, c.relname COLLATE "C"`;

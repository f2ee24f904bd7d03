import type { Connection } from "../../connect.ts";
import type { Table } from "../catalog.ts";
import { columnNames, userTables } from "./of-table.ts";

/** What pg_class tells of a table, with its oid. */
export type Relation = Omit<
  Table,
  "columns" | "uniques" | "computations" | "exclusions" | "checks" | "foreignKeys" | "triggers"
> & {
  readonly oid: number;
};

type Row = Omit<Relation, "id" | "extension" | "comment"> & { extension: string | null; comment: string | null };

/** All tables, by schema and name. */
export async function readRelations(connection: Connection): Promise<Relation[]> {
  const rows = await connection.query<Row>(relations);
  return rows.map((row) => ({
    ...row,
    id: `${row.schema}.${row.name}`,
    extension: row.extension ?? undefined,
    comment: row.comment ?? undefined,
  }));
}

const relations = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name,
    CASE c.relkind WHEN 'p' THEN 'partitioned' WHEN 'f' THEN 'foreign' WHEN 'm' THEN 'materialized view'
      ELSE CASE WHEN c.relispartition THEN 'partition' ELSE 'table' END END AS kind,
    ARRAY(
      SELECT pn.nspname || '.' || p.relname FROM pg_inherits i
      JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
      WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) AS parents,
    (SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
        AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e') AS extension,
    ${columnNames(
      "c.oid",
      `ARRAY(SELECT k.objsubid FROM pg_depend k WHERE k.classid = 'pg_class'::regclass AND k.objid = c.oid AND k.objsubid > 0
        AND k.refclassid = 'pg_class'::regclass AND k.refobjid = c.oid AND k.refobjsubid = 0 AND k.deptype = 'i')`,
    )} AS "partitionKey",
    c.relpersistence = 'u' AS unlogged,
    c.reltuples::float8 AS "estimatedRows",
    coalesce(pg_table_size(c.oid), 0) AS bytes,
    coalesce(pg_relation_size(c.oid), 0) / 8192 AS pages,
    obj_description(c.oid, 'pg_class') AS comment
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid IN (${userTables})
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

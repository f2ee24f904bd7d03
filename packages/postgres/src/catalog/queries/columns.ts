import type { Connection } from "../../connect.ts";
import type { Column, Formula } from "../catalog.ts";
import { shapeOf } from "../shape.ts";
import { columnNames, OfTable, userTables } from "./of-table.ts";
import { readTypes } from "./types.ts";

interface Row {
  readonly table: number;
  readonly name: string;
  readonly type: string;
  readonly oid: number;
  readonly modifier: number;
  readonly notNull: boolean;
  readonly generated: boolean;
  readonly formula: Formula | null;
  readonly identity: Column["identity"];
  readonly numbered: boolean;
  readonly comment: string | null;
}

/** The columns of all tables, in order. */
export async function readColumns(connection: Connection): Promise<OfTable<Column>> {
  const types = await readTypes(connection);
  const rows = await connection.query<Row>(columns);
  return new OfTable(
    rows.map(({ table, oid, modifier, comment, formula, ...column }) => {
      const { shape, notNull } = shapeOf(types, oid, modifier);
      const all = { ...column, shape, notNull: column.notNull || notNull, comment: comment ?? undefined };
      return [table, formula ? { ...all, formula } : all];
    }),
  );
}

const formulaColumns = columnNames(
  "a.attrelid",
  `ARRAY(SELECT DISTINCT s.refobjsubid FROM pg_depend s WHERE s.classid = 'pg_attrdef'::regclass AND s.objid = f.oid
    AND s.refclassid = 'pg_class'::regclass AND s.refobjid = a.attrelid AND s.refobjsubid NOT IN (0, a.attnum))`,
);

const columns = `
  SELECT a.attrelid AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.atttypid AS oid,
    a.atttypmod AS modifier, a.attnotnull AS "notNull", a.attgenerated <> '' AS generated,
    CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
    EXISTS (SELECT FROM pg_depend o WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass
      AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum AND o.deptype IN ('a', 'i')
      AND o.objid IN (SELECT seqrelid FROM pg_sequence)) AS numbered,
    CASE WHEN a.attgenerated <> '' THEN json_build_object('sql', pg_get_expr(f.adbin, f.adrelid), 'columns', ${formulaColumns}) END AS formula,
    d.description AS comment
  FROM pg_attribute a
  LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
  LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid AND d.objsubid = a.attnum
  WHERE a.attrelid IN (${userTables}) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum`;

import type { Connection } from "../../connect.ts";
import { userTables } from "./of-table.ts";

/** One of pg_type, as far as a value's shape needs it. */
export interface Type {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** `pg_type.typtype`: b, c, d, e, m, r. */
  readonly kind: string;
  readonly category: string;
  readonly notNull: boolean;
  /** Of a domain: the type below and its modifier. */
  readonly below: number;
  readonly belowModifier: number;
  /** Of a true array. */
  readonly element: number | null;
  readonly labels: readonly string[];
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly oid: number;
    readonly modifier: number;
  }[];
}

/** Every type that a column has, or that one of those is made of. */
export async function readTypes(connection: Connection): Promise<Map<number, Type>> {
  const rows = await connection.query<Type>(types);
  return new Map(rows.map((type) => [type.oid, type]));
}

const types = `
  WITH RECURSIVE used AS (
    SELECT a.atttypid AS oid FROM pg_attribute a WHERE a.attrelid IN (${userTables}) AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT part.oid FROM used JOIN pg_type t ON t.oid = used.oid CROSS JOIN LATERAL (
      SELECT t.typbasetype UNION ALL SELECT t.typelem
      UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS part (oid) WHERE part.oid <> 0)
  SELECT t.oid, n.nspname AS schema, t.typname AS name, t.typtype AS kind, t.typcategory AS category, t.typnotnull AS "notNull",
    t.typbasetype AS below, t.typtypmod AS "belowModifier",
    CASE WHEN t.typoutput = 'array_out'::regproc THEN t.typelem END AS element,
    ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
    (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
        'oid', a.atttypid::int8, 'modifier', a.atttypmod) ORDER BY a.attnum), '[]')
      FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS fields
  FROM used JOIN pg_type t ON t.oid = used.oid JOIN pg_namespace n ON n.oid = t.typnamespace`;

import type { Connection } from "../connect.ts";
import { quoteTable } from "../quote.ts";

/** Where a sequence stands. Numbers may be larger than a double holds exactly. */
export interface SequenceState {
  readonly schema: string;
  readonly name: string;
  /** The number that it gave last; that it will give first, when it was never asked. */
  readonly at: bigint;
  readonly asked: boolean;
  readonly ascending: boolean;
  /** The furthest value of the column that it serves, `max` of it, or `min` of a descending one. */
  readonly furthest: bigint | undefined;
}

/** All sequences of a database. On the source: read it when the copy carries them, as they do not stand still. */
export async function readSequences(connection: Connection): Promise<SequenceState[]> {
  const sequences = await connection.query<SequenceRow>(sequencesSql);
  if (sequences.length === 0) return [];
  const states = await connection.query<{ at: string; asked: boolean; furthest: string | null }>(
    `SELECT at, asked, furthest FROM (${sequences.map(stateSql).join(" UNION ALL ")}) AS states ORDER BY place`,
  );
  return states.map(({ at, asked, furthest }, index) => {
    const { schema, name, ascending } = sequences[index] as SequenceRow;
    return {
      schema,
      name,
      ascending,
      asked,
      at: BigInt(at),
      furthest: furthest === null ? undefined : BigInt(furthest),
    };
  });
}

/** Sequences that would give numbers again, though production's would not; for people, empty when all is well. */
export function sequenceProblems(source: readonly SequenceState[], copy: readonly SequenceState[]): string[] {
  const copies = new Map(copy.map((state) => [quoteTable(state), state]));
  return source.flatMap((from) => {
    const id = `${from.schema}.${from.name}`;
    const to = copies.get(quoteTable(from));
    if (!to) return [`${id}: not in the copy`];
    if (from.asked && isBehind(to, from.at)) {
      return [`${id}: at ${to.asked ? to.at : "its start"} in the copy, at ${from.at} in production`];
    }
    // Rows that were numbered by hand: production's sequence is as wrong as the copy's.
    if (!isBehind(to, to.furthest) || isBehind(from, from.furthest)) return [];
    return [`${id}: at ${to.asked ? to.at : "its start"} in the copy, where its column has ${to.furthest}`];
  });
}

interface SequenceRow {
  readonly schema: string;
  readonly name: string;
  readonly ascending: boolean;
  /** `"schema"."table"` and `"column"` that it serves. */
  readonly relation: string | null;
  readonly column: string | null;
}

const sequencesSql = `
  SELECT n.nspname AS schema, c.relname AS name, s.seqincrement > 0 AS ascending,
    quote_ident(tn.nspname) || '.' || quote_ident(t.relname) AS relation, quote_ident(a.attname) AS "column"
  FROM pg_catalog.pg_sequence s
  JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN (pg_catalog.pg_depend d
    JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
    JOIN pg_catalog.pg_class t ON t.oid = a.attrelid AND t.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace)
    ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
    AND d.refclassid = 'pg_catalog.pg_class'::regclass
  ORDER BY 1, 2`;

function stateSql({ relation, column, ascending, ...sequence }: SequenceRow, place: number): string {
  const furthest = relation ? `(SELECT ${ascending ? "max" : "min"}(${column}) FROM ${relation})` : "NULL::bigint";
  return `SELECT ${place} AS place, last_value::text AS at, is_called AS asked, ${furthest}::text AS furthest FROM ${quoteTable(sequence)}`;
}

function isBehind({ at, asked, ascending }: SequenceState, other: bigint | undefined): boolean {
  if (other === undefined) return false;
  if (!asked) return true;
  return ascending ? at < other : at > other;
}

import { type Column, quoteName, quoteTable, type Table, type TypeShape } from "@understudy/postgres";
import type { TablePlan } from "../../plan/table-plan.ts";
import type { Row } from "./copy-scanner.ts";
import type { Field } from "./field-scanner.ts";

/** A SELECT, and what its fields are. */
export interface Rows {
  /** For people: what is being searched. */
  readonly about: string;
  readonly select: string;
  readonly row: Row;
}

/** How the rows of a copy's table are searched; undefined: nothing in it could hold a personal value. */
export function tableRows(database: string, table: Table, plan: TablePlan | undefined): Rows | undefined {
  if (table.kind === "foreign" || table.kind === "partitioned") return undefined;
  const columns = table.columns.filter(({ shape }) => mayHoldText(shape));
  if (columns.length === 0) return undefined;
  return {
    about: `${database}: ${table.id}`,
    select: `SELECT ${columns.map(searched).join(", ")} FROM ONLY ${quoteTable(table)}`,
    row: { labelled: false, fields: columns.map((column) => fieldOf(database, table, column, plan)) },
  };
}

function fieldOf(database: string, table: Table, column: Column, plan: TablePlan | undefined): Field {
  const masked = plan?.columns.find((one) => one.column.name === column.name)?.personal ?? [];
  return {
    place: `${database}: ${table.id}.${column.name}`,
    isMasked: masked.some(({ path }) => path === column.name),
    isHex: isBytes(column.shape),
  };
}

/** The column as text that shows what is in it. */
function searched({ name, shape }: Column): string {
  const column = quoteName(name);
  if (isBytes(shape)) return `pg_catalog.encode(${column}, 'hex')`;
  if (shape.base !== "tsvector" || shape.array) return `${column}::text`;
  // Lexemes in the order of the text that they were taken from, so that names stand together again.
  return `(SELECT pg_catalog.string_agg(lexeme, ' ' ORDER BY at) FROM pg_catalog.unnest(${column}) AS word
    LEFT JOIN LATERAL pg_catalog.unnest(positions) AS at ON true)`;
}

function isBytes({ base, array }: TypeShape): boolean {
  return base === "bytea" && !array;
}

/** All but what can only hold moments, measures, flags and small numbers; a large number may be somebody's. */
function mayHoldText(shape: TypeShape): boolean {
  if (shape.kind === "enum") return false;
  if (shape.kind === "composite") return shape.fields.some((field) => mayHoldText(field.shape));
  return !harmless.has(shape.base);
}

const harmless = new Set([
  ..."bool int2 int4 float4 float8 money oid xid xid8 cid tid pg_lsn pg_snapshot txid_snapshot".split(" "),
  ..."date time timetz timestamp timestamptz interval bit varbit".split(" "),
  ..."int4range daterange tsrange tstzrange int4multirange datemultirange tsmultirange tstzmultirange".split(" "),
  ..."point line lseg box path polygon circle cube vector halfvec sparsevec".split(" "),
]);

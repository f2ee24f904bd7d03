import { quoteLiteral, quoteName, quoteTable } from "@understudy/postgres";
import type { ColumnModel, Model, Partitions, TableModel } from "./model.ts";

/** What makes the database, in order. */
export function statementsOf({ own, schemas, tables }: Model): string[] {
  const at = quoteName(own);
  return [
    ...schemas.map((name) => `CREATE SCHEMA ${quoteName(name)}`),
    ...["citext", "hstore", "btree_gist"].map((name) => `CREATE EXTENSION ${name} SCHEMA ${at}`),
    `SET search_path = ${at}, public`,
    `CREATE TYPE ${at}.mood AS ENUM ('glad', 'it''s "sad"')`,
    `CREATE TYPE ${at}.place AS (street text, country text)`,
    `CREATE DOMAIN ${at}.mail AS varchar(120) CHECK (VALUE LIKE '%@%' OR VALUE = '')`,
    `CREATE DOMAIN ${at}.positive AS numeric(12,2) CHECK (VALUE > 0)`,
    ...tables.flatMap((table) => tableStatements(table, own)),
    ...tables.flatMap(({ last }) => last),
  ];
}

/** What a policy says of its tables, as YAML would say it. */
export function policyOf({ tables }: Model): Record<string, unknown> {
  const said = tables.map(({ schema, name, columns, isDropped }) => {
    const rules = columns.flatMap((column) => (column.rule === undefined ? [] : [[column.name, column.rule] as const]));
    return [`${schema}.${name}`, isDropped ? "drop" : { columns: Object.fromEntries(rules) }] as const;
  });
  return Object.fromEntries(said);
}

export function tableSql(table: TableModel): string {
  return quoteTable(table);
}

export function columnList(columns: readonly ColumnModel[]): string {
  return columns.map(({ name }) => quoteName(name)).join(", ");
}

/** Columns, inherited ones included, that rows give values for. */
function givenColumns({ parent, columns }: TableModel): ColumnModel[] {
  return [...(parent?.columns ?? []), ...columns].filter(({ value }) => value !== undefined);
}

function tableStatements(table: TableModel, own: string): string[] {
  const { columns, parent, partitions, rows, after } = table;
  const at = tableSql(table);
  const behind = [
    ...(parent ? [` INHERITS (${tableSql(parent)})`] : []),
    ...(partitions ? [` PARTITION BY ${partitions.by} (${quoteName(partitions.column.name)})`] : []),
  ];
  return [
    `CREATE TABLE ${at} (${columns.map((column) => definition(column, own)).join(", ")})${behind.join("")}`,
    `COMMENT ON TABLE ${at} IS 'a table'`,
    ...(partitions ? partitionStatements(table, partitions) : []),
    ...rowStatements(table, own),
    ...columns.flatMap((column) => (rows > 0 && isNumbered(column) ? [numberOn(table, column)] : [])),
    ...after,
  ];
}

function definition({ name, type, suffix, generated }: ColumnModel, own: string): string {
  if (suffix === "serial") return `${quoteName(name)} serial`;
  const sql = `${quoteName(name)} ${type.sql(quoteName(own))}`;
  return generated ? `${sql} GENERATED ALWAYS AS (${generated}) STORED` : `${sql} ${suffix}`;
}

function rowStatements(table: TableModel, own: string): string[] {
  const given = givenColumns(table);
  const at = tableSql(table);
  if (given.length === 0)
    return Array.from({ length: Math.min(table.rows, 5) }, () => `INSERT INTO ${at} DEFAULT VALUES`);
  const values = given.map(({ type, value = "", tag, nulls }) => {
    const sql = type.value(value, tag, quoteName(own));
    return nulls ? `CASE WHEN i % ${nulls} > 0 THEN ${sql} END` : sql;
  });
  const from = `generate_series(1, ${table.rows}) AS i`;
  return [`INSERT INTO ${at} (${columnList(given)}) OVERRIDING SYSTEM VALUE SELECT ${values.join(", ")} FROM ${from}`];
}

function isNumbered({ suffix }: ColumnModel): boolean {
  return suffix === "serial" || suffix.startsWith("GENERATED");
}

function numberOn(table: TableModel, { name }: ColumnModel): string {
  const sequence = `pg_get_serial_sequence(${quoteLiteral(tableSql(table))}, ${quoteLiteral(name)})`;
  return `SELECT setval(${sequence}, ${table.rows})`;
}

function partitionStatements(table: TableModel, { by, column }: Partitions): string[] {
  const part = (name: string, bounds: string) =>
    `CREATE TABLE ${quoteTable({ schema: table.schema, name: `${table.name.slice(0, 40)} ${name}` })} PARTITION OF ${tableSql(table)} ${bounds}`;
  switch (by) {
    case "list":
      return [part("a", "FOR VALUES IN (1, 2, 3)"), part("b", "FOR VALUES IN (4)"), part("rest", "DEFAULT")];
    case "range":
      return [
        part("a", "FOR VALUES FROM (MINVALUE) TO (10)"),
        part("b", `FOR VALUES FROM (10) TO (MAXVALUE) PARTITION BY HASH (${quoteName(column.name)})`),
        ...[0, 1].map((remainder) => hashPart(table, "b", remainder)),
      ];
    case "hash":
      return [0, 1].map((remainder) => part(`h${remainder}`, `FOR VALUES WITH (MODULUS 2, REMAINDER ${remainder})`));
  }
}

function hashPart(table: TableModel, above: string, remainder: number): string {
  const name = (end: string) => quoteTable({ schema: table.schema, name: `${table.name.slice(0, 40)} ${end}` });
  return `CREATE TABLE ${name(`${above}${remainder}`)} PARTITION OF ${name(above)} FOR VALUES WITH (MODULUS 2, REMAINDER ${remainder})`;
}

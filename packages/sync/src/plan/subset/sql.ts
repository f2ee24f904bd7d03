import { type Column, quoteLiteral, quoteName, quoteTable } from "@understudy/postgres";
import type { TablePlan } from "../table-plan.ts";
import type { Reference } from "./references.ts";
import { filterOf, type Relation } from "./relations.ts";

/** Names of the columns that tell a row from all others, whatever its table. No column of people's can have such a name. */
export const rowId = ["tableoid", "ctid"];

/** A column of a table that stands in a FROM under its own name. */
export function column({ table }: Relation, name: string): string {
  return `${quoteName(table.name)}.${quoteName(name)}`;
}

/** A table in a FROM: with its partitions, but not with what inherits from it. */
export function from({ table }: Relation): string {
  return `${table.kind === "partitioned" ? "" : "ONLY "}${quoteTable(table)}`;
}

export function select(relation: Relation, columns: readonly string[], conditions: readonly string[]): string {
  const where = conditions.length ? ` WHERE ${conditions.join(" AND ")}` : "";
  return `SELECT ${columns.map((name) => column(relation, name)).join(", ")} FROM ${from(relation)}${where}`;
}

/**
 * Whether a set has a row for which conditions hold: as a join, where the planner thinks so.
 * @param relation the table on whose rows this is a condition
 * @param conditions given the name under which the set is read
 */
export function exists(relation: Relation, set: string, conditions: (found: string) => readonly string[]): string {
  const found = relation.table.name === "found" ? "found_row" : "found";
  return `EXISTS (SELECT FROM ${set} AS ${found} WHERE ${conditions(found).join(" AND ")})`;
}

/** Whether a row of a table is in a set of ids. */
export function isIn(relation: Relation, ids: string): string {
  return exists(relation, ids, (found) => rowId.map((name) => `${found}.${name} = ${column(relation, name)}`));
}

/**
 * Of rows of two tables: one refers to the other by a foreign key. A NULL refers to nothing.
 * @param child names of the tables, as they stand in a FROM
 */
export function refers({ columns }: Reference, child: string, parent: string): string[] {
  return columns.map((pair) =>
    equal(
      `${child}.${quoteName(pair.child.name)}`,
      pair.child,
      `${parent}.${quoteName(pair.parent.name)}`,
      pair.parent,
    ),
  );
}

/**
 * Conditions for a row of a table to be one of another table of its family; undefined: none is. A foreign key may be that of
 * one partition, or lead to one.
 */
export function partOf(relation: Relation, other: Relation): string[] | undefined {
  const both = relation.leaves.intersection(other.leaves);
  if (both.size === 0) return undefined;
  return both.size === relation.leaves.size ? [] : [isOf(relation, [...both])];
}

/** The policy's filter of a table; undefined: all rows. Partitions may have filters of their own. */
export function filter(relation: Relation): string | undefined {
  const byFilter = [...Map.groupBy(relation.leaves, filterOf)];
  if (byFilter.length < 2) return byFilter[0]?.[0] && `(${byFilter[0][0]})`;
  const each = byFilter.map(([where = "true", leaves]) => `${isOf(relation, leaves)} AND (${where})`);
  return `(${each.join(" OR ")})`;
}

function isOf(relation: Relation, leaves: readonly TablePlan[]): string {
  const oids = leaves.map(({ table }) => `${quoteLiteral(quoteTable(table))}::regclass`);
  return `${column(relation, "tableoid")} IN (${oids.join(", ")})`;
}

/** Types that are not Postgres' own have an operator of their own, which an empty search_path hides; arrays know it. */
function equal(a: string, { type, shape }: Column, b: string, { type: typeOfB }: Column): string {
  const hidden = shape.kind === "base" && type.includes(".");
  if (!hidden) return `${b} = ${a}`;
  return `${b} IS NOT NULL AND ARRAY[${b}] = ARRAY[${a}]${type === typeOfB ? "" : `::${typeOfB}[]`}`;
}

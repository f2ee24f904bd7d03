import { quoteName, quoteTable } from "@understudy/postgres";
import type { TablePlan } from "./table-plan.ts";

/**
 * SQL of a table's rows as they stand in the copy, under the table's own name, so that its constraints can be tried on them;
 * generated columns are computed from the masked ones.
 * @param limit the first so many; undefined: all
 */
export function maskedRows({ table, where, columns }: TablePlan, limit?: number): string {
  const values = columns
    .filter(({ action }) => action !== "generated")
    .map(({ column, expression }) => `${expression} AS ${quoteName(column.name)}`);
  const computed = columns.flatMap(({ column: { name, type, formula } }) =>
    formula ? [`(${formula.sql})::${type} AS ${quoteName(name)}`] : [],
  );
  const end = `${where ? ` WHERE ${where}` : ""}${limit === undefined ? "" : ` LIMIT ${limit}`}`;
  const rows = `(SELECT ${values.join(", ")} FROM ONLY ${quoteTable(table)}${end}) AS ${quoteName(table.name)}`;
  if (computed.length === 0) return rows;
  return `(SELECT ${["*", ...computed].join(", ")} FROM ${rows}) AS ${quoteName(table.name)}`;
}

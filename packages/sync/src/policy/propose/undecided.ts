import type { Catalog, Column, Table } from "@understudy/postgres";
import type { Unknown } from "../../plan/resolve/resolution.ts";

/** A table with the columns of it that need a rule. */
export interface UndecidedTable {
  readonly table: Table;
  /** Whether the policy does not know the table at all. */
  readonly whole: boolean;
  readonly columns: readonly Column[];
  /** Paths without a rule, in columns that have rules by path. */
  readonly paths: readonly { readonly column: Column; readonly path: string }[];
}

/** What needs a rule, table by table. What follows from the rule of a table above it needs none. */
export function undecidedTables(unknown: readonly Unknown[], { tables }: Catalog): UndecidedTable[] {
  const byTable = Map.groupBy(
    unknown.filter((one) => one.what !== "large objects"),
    ({ table }) => table,
  );
  return tables
    .filter(({ id }) => byTable.has(id))
    .map((table) => {
      const said = byTable.get(table.id) ?? [];
      const above = tables.filter(({ id }) => table.parents.includes(id) && byTable.has(id));
      const whole = said.some(({ what }) => what === "table");
      const named = new Set(said.flatMap((one) => (one.what === "column" ? [one.column] : [])));
      const columns = table.columns
        .filter(({ name, generated }) => !generated && (whole || named.has(name)))
        .filter(({ name }) => !above.some((parent) => parent.columns.some((column) => column.name === name)));
      const paths = said.flatMap((one) => {
        const column = one.what === "path" ? table.columns.find(({ name }) => name === one.column) : undefined;
        return one.what === "path" && column ? [{ column, path: one.path }] : [];
      });
      return { table, whole: whole && above.length === 0, columns, paths };
    })
    .filter(({ whole, columns, paths }) => whole || columns.length > 0 || paths.length > 0);
}

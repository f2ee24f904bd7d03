import { UserError } from "@understudy/core";
import { quoteName, quoteTable } from "@understudy/postgres";
import type { Look, LookColumn, LookTable } from "../plan/look.ts";
import type { TablePlan } from "../plan/plan.ts";

/** A planned table with what this side's own catalog says of it: all SQL is made from these. */
export interface CarriedTable {
  readonly plan: TablePlan;
  readonly look: LookTable;
  readonly columns: readonly LookColumn[];
  /** Those that are the same on both sides afterwards: all but what only new rows get. */
  readonly alike: readonly LookColumn[];
  readonly compared: readonly LookColumn[];
  readonly key: readonly LookColumn[];
}

/** Find what a plan names in the own catalog, so that no name of a peer gets into SQL that is not there. @throws UserError when the schema is another */
export function carriedTable(look: Look, plan: TablePlan): CarriedTable {
  const table = look.tables.find(
    ({ id, schema, name }) => id === plan.table && schema === plan.schema && name === plan.name,
  );
  if (!table) throw changed(`table ${plan.table}`);
  const pick = (names: readonly string[]) =>
    names.map((name) => {
      const column = table.columns.find((one) => one.name === name);
      if (!column) throw changed(`column ${name} of ${plan.table}`);
      return column;
    });
  const columns = pick(plan.columns);
  const alike = columns.filter((column) => !plan.onlyInserted.includes(column.name));
  return { plan, look: table, columns, alike, compared: pick(plan.compared), key: pick(plan.key) };
}

/** The table itself; rows of partitions are the partitioned table's, those of heirs are not their parent's. */
export function fromSql({ look }: CarriedTable): string {
  return `${look.kind === "table" ? "ONLY " : ""}${quoteTable(look)}`;
}

export function namesSql(columns: readonly LookColumn[], alias?: string): string {
  return columns.map(({ name }) => (alias ? `${alias}.${quoteName(name)}` : quoteName(name))).join(", ");
}

function changed(what: string): UserError {
  return new UserError(`The schema was changed in between: there is no ${what} here`, {
    next: "Start the full sync again: it makes a new plan",
  });
}

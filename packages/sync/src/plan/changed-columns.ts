import type { TablePlan } from "./table-plan.ts";

/** Names of the columns that have other values in the copy: masked, left out, derived, or computed from such. */
export function changedColumns({ columns }: Pick<TablePlan, "columns">): ReadonlySet<string> {
  const own = new Set(
    columns.filter(({ action }) => action !== "keep" && action !== "generated").map(({ column }) => column.name),
  );
  const computed = columns.filter(({ column: { formula } }) => formula?.columns.some((name) => own.has(name)));
  return new Set([...own, ...computed.map(({ column }) => column.name)]);
}

import type { Table } from "@understudy/postgres";
import { holdsRows } from "../jobs.ts";
import type { TablePlan } from "../table-plan.ts";

/** A table as a condition sees it: with the rows of all its partitions, if it has any. */
export interface Relation {
  readonly plan: TablePlan;
  readonly table: Table;
  /** The partitioned table that it is a part of, through all levels; itself for others. */
  readonly family: Family;
  /** Tables that hold its rows: its partitions, or itself. */
  readonly leaves: ReadonlySet<TablePlan>;
}

/** Tables whose rows are taken alike: a partitioned table with all its partitions, or one of another kind. */
export interface Family {
  readonly root: TablePlan;
  readonly leaves: ReadonlySet<TablePlan>;
}

/** Tables of a plan, by id. What inherits without being a partition stands alone, as foreign keys see it. */
export function relationsOf(plans: readonly TablePlan[]): Map<string, Relation> {
  const byId = new Map(plans.map((plan) => [plan.table.id, plan]));
  const above = (plan: TablePlan) => (isPart(plan.table) ? byId.get(plan.table.parents[0] ?? "") : undefined);
  const lineOf = (plan: TablePlan): TablePlan[] => {
    const next = above(plan);
    return [plan, ...(next ? lineOf(next) : [])];
  };
  const leaves = new Map(plans.map((plan) => [plan, new Set<TablePlan>()]));
  for (const plan of plans.filter(({ table }) => table.kind !== "partitioned")) {
    for (const one of lineOf(plan)) leaves.get(one)?.add(plan);
  }
  const leavesOf = (plan: TablePlan) => leaves.get(plan) as ReadonlySet<TablePlan>;
  const families = new Map(
    plans.filter((plan) => !above(plan)).map((root) => [root, { root, leaves: leavesOf(root) }]),
  );
  return new Map(
    plans.map((plan) => {
      const family = families.get(lineOf(plan).at(-1) as TablePlan) as Family;
      return [plan.table.id, { plan, table: plan.table, family, leaves: leavesOf(plan) }];
    }),
  );
}

/** Whether a table is a partition, on any level. */
export function isPart({ kind, parents }: Table): boolean {
  return kind === "partition" || (kind === "partitioned" && parents.length > 0);
}

/** The policy's filter of a table that holds rows, as SQL; undefined: all of them. */
export function filterOf({ action, table, where }: TablePlan): string | undefined {
  return action === "copy" && holdsRows(table.kind) ? where : "false";
}

import type { TablePlan } from "../table-plan.ts";
import { subsetGraph } from "./graph.ts";
import { keptWhere } from "./kept.ts";

/**
 * Say for each table which of its rows are copied (`where`), so that every foreign key holds in the copy. Pure.
 *
 * - A filter of the policy means "only these rows". What refers to a row that is left out is left out too, and so on down;
 *   a key with a NULL in it refers to nothing, so its row stays.
 * - A share is a sample of what the filters leave, the same in every run; a larger share contains a smaller one. Rows that a
 *   copied row refers to come along, and so on up, whether they are in the sample or not. Small tables come whole.
 *
 * The conditions read production's values as they are. Each is for `SELECT … FROM ONLY schema.table`, the table under its own name.
 * @param share 0 to 1; undefined: all rows
 */
export function subset(tables: readonly TablePlan[], share: number | undefined): TablePlan[] {
  const graph = subsetGraph(tables, share);
  return tables.map((plan) => {
    const relation = graph.relations.get(plan.table.id);
    const ownRows = plan.action === "copy" && plan.table.kind !== "partitioned";
    return relation && ownRows ? { ...plan, where: keptWhere(graph, relation) } : plan;
  });
}

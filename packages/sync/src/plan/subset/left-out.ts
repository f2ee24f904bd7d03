import { quoteName } from "@understudy/postgres";
import type { SubsetGraph } from "./graph.ts";
import { linked } from "./linked.ts";
import type { Relation } from "./relations.ts";
import type { SetReader } from "./sets.ts";
import { exists, filter, isIn, partOf, refers, rowId, select } from "./sql.ts";

/** Conditions on rows of a table that hold, all of them, for those that no filter leaves out: neither its own nor that of what they refer to. */
export function allowed(graph: SubsetGraph, relation: Relation, reader: SetReader): string[] {
  const cycle = graph.cycles.get(relation.family);
  if (!graph.restricted.has(relation.family)) return [];
  if (cycle) return [`NOT ${isIn(relation, leftOutOfCycle(graph, relation, reader))}`];
  const own = filter(relation);
  return [...(own ? [own] : []), ...reasons(graph, relation, reader).map((reason) => `NOT ${reason}`)];
}

/** Rows of a table that are left out, with what foreign keys refer to in it. */
function leftOut(graph: SubsetGraph, relation: Relation, reader: SetReader): string {
  const referenced = graph.references.filter(({ parent }) => parent === relation);
  const columns = new Set(referenced.flatMap(({ columns }) => columns.map(({ parent }) => parent.name)));
  return reader.read(`left out of ${relation.table.id}`, (sets) => {
    if (!graph.cycles.has(relation.family))
      return selectLeftOut(graph, relation, [...columns], sets).join(" UNION ALL ");
    return select(relation, [...columns], [isIn(relation, leftOutOfCycle(graph, relation, sets))]);
  });
}

/** Ids of the rows that are left out of tables that refer to each other in a circle. */
function leftOutOfCycle(graph: SubsetGraph, { family }: Relation, reader: SetReader): string {
  return linked(graph, family, "child", reader, (root, sets) => selectLeftOut(graph, root, rowId, sets));
}

/** Queries that together give the rows that a table's filter leaves out, and those that refer to rows that are left out of tables outside of its circle. */
function selectLeftOut(graph: SubsetGraph, relation: Relation, columns: readonly string[], sets: SetReader): string[] {
  const own = filter(relation);
  return [...(own ? [`${own} IS NOT TRUE`] : []), ...reasons(graph, relation, sets)].map((condition) =>
    select(relation, columns, [condition]),
  );
}

/** For each foreign key out of a table's circle: it refers to a row that is left out. */
function reasons(graph: SubsetGraph, relation: Relation, reader: SetReader): string[] {
  const cycle = graph.cycles.get(relation.family);
  return graph.references.flatMap((reference) => {
    const { child, parent } = reference;
    const part = partOf(relation, child);
    if (!part || !graph.restricted.has(parent.family) || cycle?.includes(parent.family)) return [];
    const set = leftOut(graph, parent, reader);
    return [exists(relation, set, (found) => [...refers(reference, quoteName(relation.table.name), found), ...part])];
  });
}

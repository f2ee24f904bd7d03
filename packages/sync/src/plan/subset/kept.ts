import { quoteName } from "@understudy/postgres";
import type { SubsetGraph } from "./graph.ts";
import { allowed } from "./left-out.ts";
import { linked } from "./linked.ts";
import type { Reference } from "./references.ts";
import type { Relation } from "./relations.ts";
import { sampleCondition } from "./sample.ts";
import { inline, type SetReader, Sets } from "./sets.ts";
import { column, exists, isIn, partOf, refers, rowId, select } from "./sql.ts";

/** The condition on rows of a table that holds for those that are copied; undefined: all. */
export function keptWhere(graph: SubsetGraph, relation: Relation): string | undefined {
  if (needed(graph, relation).length === 0) return seeds(graph, relation, inline).join(" AND ") || undefined;
  if (graph.cycles.has(relation.family)) return isIn(relation, keptOfCycle(graph, relation, inline));
  const sets = new Sets();
  const rows = selectKept(graph, relation, ["ctid"], sets);
  return `${column(relation, "ctid")} IN (${sets.before(rows.join(" UNION ALL "))})`;
}

/** Rows of a table that are copied, with what its foreign keys refer to. */
function kept(graph: SubsetGraph, relation: Relation, reader: SetReader): string {
  const references = graph.references.filter(({ child }) => child === relation);
  const columns = new Set(references.flatMap(({ columns }) => columns.map(({ child }) => child.name)));
  return reader.read(`kept of ${relation.table.id}`, (sets) => {
    const queries =
      needed(graph, relation).length > 0 && graph.cycles.has(relation.family)
        ? [select(relation, [...columns], [isIn(relation, keptOfCycle(graph, relation, sets))])]
        : selectKept(graph, relation, [...columns], sets);
    return queries.join(" UNION ALL ");
  });
}

/** Ids of the rows that are copied of tables that refer to each other in a circle. */
function keptOfCycle(graph: SubsetGraph, { family }: Relation, reader: SetReader): string {
  return linked(graph, family, "parent", reader, (root, sets) => selectKept(graph, root, rowId, sets));
}

/** Queries that together give the rows of a table that are copied for themselves, or for tables outside of its circle. */
function selectKept(graph: SubsetGraph, relation: Relation, columns: readonly string[], sets: SetReader): string[] {
  const cycle = graph.cycles.get(relation.family);
  const outside = needed(graph, relation).filter(({ child }) => !cycle?.includes(child.family));
  const forOthers = outside.map((reference) => {
    const set = kept(graph, reference.child, sets);
    const here = quoteName(relation.table.name);
    return [
      exists(relation, set, (found) => refers(reference, found, here)),
      ...(partOf(relation, reference.parent) ?? []),
    ];
  });
  return [seeds(graph, relation, sets), ...forOthers].map((conditions) => select(relation, columns, conditions));
}

/** Conditions for rows that are copied whoever refers to them. */
function seeds(graph: SubsetGraph, relation: Relation, reader: SetReader): string[] {
  const sample = graph.sampled.has(relation.family) ? [sampleCondition(relation, graph.share)] : [];
  return [...sample, ...allowed(graph, relation, reader)];
}

/** Foreign keys for which a table must give rows that are not in its sample. */
function needed(graph: SubsetGraph, relation: Relation): Reference[] {
  if (!graph.sampled.has(relation.family)) return [];
  return graph.references.filter(({ parent }) => partOf(relation, parent));
}

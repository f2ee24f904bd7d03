import type { SubsetGraph } from "./graph.ts";
import type { Reference } from "./references.ts";
import type { Family, Relation } from "./relations.ts";
import type { SetReader } from "./sets.ts";
import { from, refers } from "./sql.ts";

/**
 * Ids of rows of tables that refer to each other in a circle: those that it starts with, all that is linked to those by the
 * foreign keys of the circle, and so on, in one direction.
 * @param to `parent`: towards what is referred to; `child`: towards what refers to it
 * @param start queries for ids of rows of one of the tables
 * @returns the set, of `tableoid` and `ctid`
 */
export function linked(
  graph: SubsetGraph,
  family: Family,
  to: "parent" | "child",
  reader: SetReader,
  start: (relation: Relation, sets: SetReader) => readonly string[],
): string {
  const cycle = graph.cycles.get(family) ?? [];
  const place = cycle[0]?.root.table.id;
  const inside = graph.references.filter(
    ({ child, parent }) => cycle.includes(child.family) && cycle.includes(parent.family),
  );
  const name = `linked around ${place}, to ${to}`;
  const query = (sets: SetReader): string => {
    const begin = cycle.flatMap(({ root }) => start(graph.relations.get(root.table.id) as Relation, sets));
    const here = `${sets.read(name, query)} AS here`;
    const step = to === "parent" ? towardsParents(inside, here) : towardsChildren(inside, here, sets, `links ${place}`);
    return `${begin.join(" UNION ALL ")} UNION ${step}`;
  };
  return reader.read(name, query);
}

/** A row at a time, by its id and then by the unique index that every foreign key leads to: that cost does not grow with depth. */
function towardsParents(references: readonly Reference[], here: string): string {
  const parents = references.map(
    (reference) => `SELECT parent.tableoid, parent.ctid FROM ${pairs(reference)}
      WHERE child.tableoid = here.tableoid AND child.ctid = here.ctid`,
  );
  // OFFSET 0 keeps the planner from reading whole tables in each step instead.
  const next = `${parents.join(" UNION ALL ")} OFFSET 0`;
  return `SELECT next.tableoid, next.ctid FROM ${here} CROSS JOIN LATERAL (${next}) AS next`;
}

/** By a list of all links, as few foreign keys have an index on their own side: each step may read the list again. */
function towardsChildren(references: readonly Reference[], here: string, sets: SetReader, name: string): string {
  const links = references.map(
    (reference) => `SELECT parent.tableoid AS parent_table, parent.ctid AS parent_row,
      child.tableoid AS child_table, child.ctid AS child_row FROM ${pairs(reference)}`,
  );
  const list = sets.read(name, () => links.join(" UNION ALL "), { materialized: true });
  return `SELECT link.child_table, link.child_row FROM ${here}
    JOIN ${list} AS link ON link.parent_table = here.tableoid AND link.parent_row = here.ctid`;
}

function pairs(reference: Reference): string {
  const on = refers(reference, "child", "parent").join(" AND ");
  return `${from(reference.child)} AS child JOIN ${from(reference.parent)} AS parent ON ${on}`;
}

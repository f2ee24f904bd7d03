import type { Graph } from "@understudy/data";
import { type Integer, int } from "neo4j-driver";
import type { Element, Node, Relationship } from "./elements.ts";
import type { IdMap } from "./id-map.ts";
import { kindName, labelsOf } from "./kind.ts";

/** Create nodes in the copy, and keep which is which. @throws UserError */
export async function loadNodes(copy: Graph, nodes: readonly Node[], ids: IdMap): Promise<void> {
  for (const { labels, group } of groups(nodes)) {
    const created = await copy.write<{ source: bigint; copy: bigint }>(
      `UNWIND $rows AS row CREATE (n${labels}) SET n = row.properties RETURN row.id AS source, id(n) AS copy`,
      { rows: group.map(({ id, properties }) => ({ id: int(id), properties })) },
    );
    assertAll(created, group);
    for (const { source, copy: made } of created) ids.set(Number(source), Number(made));
  }
}

/** Create relationships in the copy, between nodes of the copy that stand for theirs. @throws UserError */
export async function loadRelationships(
  copy: Graph,
  relationships: readonly Relationship[],
  ids: IdMap,
): Promise<void> {
  for (const { labels, group } of groups(relationships)) {
    const created = await copy.write(
      `UNWIND $rows AS row MATCH (a) WHERE id(a) = row.from MATCH (b) WHERE id(b) = row.to
       CREATE (a)-[r${labels}]->(b) SET r = row.properties RETURN id(r) AS id`,
      { rows: group.map(({ from, to, properties }) => ({ from: node(ids, from), to: node(ids, to), properties })) },
    );
    assertAll(created, group);
  }
}

function groups<Any extends Element>(elements: readonly Any[]): { labels: string; group: Any[] }[] {
  const byKind = Map.groupBy(elements, ({ kind }) => kindName(kind));
  return [...byKind.values()].map((group) => ({ labels: labelsOf(group[0]?.kind.names ?? []), group }));
}

/** The driver's own integer: of a bigint it makes one digit by digit. */
function node(ids: IdMap, source: number): Integer {
  const copy = ids.copyOf(source);
  if (copy === undefined) throw new Error(`node ${source} was not copied`);
  return int(copy);
}

function assertAll(created: readonly unknown[], group: readonly unknown[]): void {
  if (created.length !== group.length) throw new Error(`Neo4j made ${created.length} of ${group.length} elements`);
}

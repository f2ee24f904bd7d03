import type { Stream } from "@understudy/data";
import type { Kind } from "./kind.ts";
import { kindOf } from "./shape.ts";
import { canonicalProperties, type Properties } from "./values.ts";

/** A node or a relationship. */
export interface Element {
  readonly kind: Kind;
  readonly properties: Properties;
}

export interface Node extends Element {
  readonly id: number;
}

export interface Relationship extends Element {
  /** Ids of its nodes. */
  readonly from: number;
  readonly to: number;
}

/** All nodes, as they come. */
export async function* readNodes(stream: Stream): AsyncIterable<Node> {
  const kinds = new Map<string, Kind>();
  const query = "MATCH (n) RETURN id(n) AS id, labels(n) AS names, properties(n) AS properties";
  for await (const { id, names, properties } of stream<{ id: bigint; names: string[]; properties: Properties }>(
    query,
  )) {
    yield { id: Number(id), kind: cached(kinds, "node", names), properties };
  }
}

/** All relationships, as they come. */
export async function* readRelationships(stream: Stream): AsyncIterable<Relationship> {
  const kinds = new Map<string, Kind>();
  const query = "MATCH (a)-[r]->(b) RETURN id(a) AS from, id(b) AS to, type(r) AS type, properties(r) AS properties";
  type Row = { from: bigint; to: bigint; type: string; properties: Properties };
  for await (const { from, to, type, properties } of stream<Row>(query)) {
    yield { from: Number(from), to: Number(to), kind: cached(kinds, "relationship", [type]), properties };
  }
}

/** For a tally: a node by its id in the source, so that two that look the same count as two. */
export function nodeText(id: number, { properties }: Element): string {
  return `${id} ${canonicalProperties(properties)}`;
}

/** For a tally: a relationship by its nodes' ids in the source. */
export function relationshipText(from: number, to: number, { properties }: Element): string {
  return `${from} ${to} ${canonicalProperties(properties)}`;
}

/** One object for each kind, so that what is decided of it can be kept by it. */
function cached(kinds: Map<string, Kind>, element: Kind["element"], names: readonly string[]): Kind {
  const key = JSON.stringify(names);
  const kind = kinds.get(key) ?? kindOf(element, names);
  kinds.set(key, kind);
  return kind;
}

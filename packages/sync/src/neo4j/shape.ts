import type { Graph } from "@understudy/data";
import { type Kind, kindName } from "./kind.ts";

/** What a graph holds: names and counts, no values. */
export interface GraphShape {
  readonly kinds: readonly ShapeKind[];
}

export interface ShapeKind extends Kind {
  readonly count: number;
  readonly properties: readonly ShapeProperty[];
}

export interface ShapeProperty {
  readonly name: string;
  /** As Neo4j names them: `String`, `StringArray`, `Long`, `Double`, `Date`, `Point`, …; several where nodes differ. */
  readonly types: readonly string[];
}

/** Look through a graph. The server reads everything once, and sends only names. */
export async function readShape(graph: Graph): Promise<GraphShape> {
  const [nodes, relationships, nodeCounts, relationshipCounts] = await Promise.all([
    graph.read<NodeProperty>("CALL db.schema.nodeTypeProperties()"),
    graph.read<RelationshipProperty>("CALL db.schema.relTypeProperties()"),
    graph.read<Counted>("MATCH (n) RETURN labels(n) AS names, count(*) AS count"),
    graph.read<Counted>("MATCH ()-[r]->() RETURN [type(r)] AS names, count(*) AS count"),
  ]);
  const properties = [
    ...nodes.map((row) => ({ ...row, kind: kindOf("node", row.nodeLabels) })),
    ...relationships.map((row) => ({ ...row, kind: kindOf("relationship", [typeOf(row.relType)]) })),
  ];
  const counts = [
    ...nodeCounts.map(({ names, count }) => ({ kind: kindOf("node", names), count })),
    ...relationshipCounts.map(({ names, count }) => ({ kind: kindOf("relationship", names), count })),
  ];
  const kinds = new Map([...properties, ...counts].map(({ kind }) => [kindName(kind), kind]));
  const found = [...kinds].map(([name, kind]) => ({
    ...kind,
    count: counts.reduce((sum, one) => (kindName(one.kind) === name ? sum + Number(one.count) : sum), 0),
    properties: properties
      .filter((one) => kindName(one.kind) === name)
      .flatMap(({ propertyName, propertyTypes }) =>
        propertyName === null ? [] : [{ name: propertyName, types: [...(propertyTypes ?? [])].sort() }],
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  }));
  return { kinds: found.sort((a, b) => (kindName(a) < kindName(b) ? -1 : 1)) };
}

/** A kind by its labels in whatever order, or its type. */
export function kindOf(element: Kind["element"], names: readonly string[]): Kind {
  return { element, names: [...names].sort() };
}

interface PropertyRow {
  readonly propertyName: string | null;
  readonly propertyTypes: readonly string[] | null;
}

interface NodeProperty extends PropertyRow {
  readonly nodeLabels: readonly string[];
}

interface RelationshipProperty extends PropertyRow {
  /** `:`KNOWS``. */
  readonly relType: string;
}

interface Counted {
  readonly names: readonly string[];
  readonly count: bigint;
}

function typeOf(written: string): string {
  return written.slice(2, -1);
}

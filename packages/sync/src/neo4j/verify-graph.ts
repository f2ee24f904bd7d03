import { UserError } from "@understudy/core";
import type { Graph } from "@understudy/data";
import type { CopiedGraph } from "./copy-graph.ts";
import { type Element, nodeText, readNodes, readRelationships, relationshipText } from "./elements.ts";
import { kindName, placeName } from "./kind.ts";
import { type SchemaRule, schemaDifferences } from "./schema.ts";
import { Tally } from "./tally.ts";
import { textsOf } from "./values.ts";

/** Takes each text that the copy holds, with the place that it stands at (`:Person.email`), to look for leaks. */
export type OnText = (place: string, text: string) => void;

/**
 * Prove a copy by reading it back: every node and relationship is there once, with the labels, properties and ends that were
 * sent; constraints and indexes are the source's and in force.
 * @returns how many there are of each kind. @throws UserError naming what differs.
 */
export async function verifyGraph(
  copy: Graph,
  { sent, ids }: CopiedGraph,
  schema: readonly SchemaRule[],
  onText: OnText,
): Promise<Record<string, number>> {
  const found = new Tally();
  const show = ({ kind, properties }: Element) => {
    for (const [property, value] of Object.entries(properties)) {
      for (const text of textsOf(value)) onText(placeName(kind, property), text);
    }
  };
  await copy.reading(async (stream) => {
    for await (const node of readNodes(stream)) {
      found.add(kindName(node.kind), nodeText(ids.sourceOf(node.id) ?? Number.NaN, node));
      show(node);
    }
    for await (const one of readRelationships(stream)) {
      const [from, to] = [one.from, one.to].map((id) => ids.sourceOf(id) ?? Number.NaN) as [number, number];
      found.add(kindName(one.kind), relationshipText(from, to, one));
      show(one);
    }
  });
  const differences = [...sent.differences(found), ...(await schemaDifferences(copy, schema))];
  if (differences.length) {
    throw new UserError(`The copy of Neo4j is not what was sent: ${differences.join("; ")}`, {
      next: "Run the copy again; staging keeps its old graph",
    });
  }
  for (const { createStatement } of schema) onText("schema", createStatement);
  return found.counts();
}

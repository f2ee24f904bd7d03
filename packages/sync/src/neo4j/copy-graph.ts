import { UserError } from "@understudy/core";
import type { Graph } from "@understudy/data";
import type { GraphPolicy } from "../policy/policy.ts";
import { batches, lengthOf } from "./batches.ts";
import { type Decision, decide } from "./decide.ts";
import { type Element, nodeText, readNodes, readRelationships, relationshipText } from "./elements.ts";
import type { GraphPlan } from "./graph-plan.ts";
import { IdMap } from "./id-map.ts";
import { type Kind, kindName, placeName } from "./kind.ts";
import { loadNodes, loadRelationships } from "./load.ts";
import { type Masking, maskElements } from "./mask-elements.ts";
import type { MaskValues } from "./mask-request.ts";
import { applySchema } from "./schema.ts";
import { Tally } from "./tally.ts";

export interface GraphCopyOptions extends Pick<Masking, "onPersonal"> {
  readonly policy: GraphPolicy;
  readonly plan: GraphPlan;
  readonly mask: MaskValues;
  /** After each batch: what was copied so far. `text`: characters. */
  readonly onProgress?: (progress: { readonly elements: number; readonly text: number }) => void;
  readonly signal?: AbortSignal;
}

/** A graph that was copied: what the copy must hold. */
export interface CopiedGraph {
  readonly sent: Tally;
  readonly ids: IdMap;
  readonly nodes: number;
  readonly relationships: number;
  /** Relationships to nodes that came while the copy ran: left out. */
  readonly late: number;
  readonly masked: number;
}

/**
 * Copy a graph into an empty one, masked on its way, then make its constraints and indexes. Memory does not grow but by the
 * ids, 8 bytes for each node. Nothing is written to the source.
 * @throws UserError for a label, type or property that the policy does not know, when a server fails, or when aborted.
 */
export async function copyGraph(source: Graph, copy: Graph, options: GraphCopyOptions): Promise<CopiedGraph> {
  const { policy, plan, mask, onPersonal, onProgress, signal } = options;
  const sent = new Tally();
  const ids = new IdMap();
  const done = { elements: 0, text: 0, nodes: 0, relationships: 0, late: 0, masked: 0 };
  const masking: Masking = {
    decide: decider(policy, plan),
    mask: async (request) => {
      done.masked += request.values.length;
      return await mask(request);
    },
    onPersonal,
    rows: plan.elements,
  };
  const progress = (batch: readonly Element[]) => {
    done.elements += batch.length;
    done.text += batch.reduce((sum, element) => sum + lengthOf(element), 0);
    onProgress?.({ elements: done.elements, text: done.text });
    signal?.throwIfAborted();
  };
  await assertEmpty(copy);
  await source.reading(async (stream) => {
    for await (const batch of batches(readNodes(stream))) {
      const nodes = await maskElements(batch, masking);
      for (const node of nodes) sent.add(kindName(node.kind), nodeText(node.id, node));
      await loadNodes(copy, nodes, ids);
      done.nodes += nodes.length;
      progress(batch);
    }
    for await (const batch of batches(readRelationships(stream))) {
      const between = batch.filter(({ from, to }) => ids.copyOf(from) !== undefined && ids.copyOf(to) !== undefined);
      done.late += batch.length - between.length;
      const relationships = await maskElements(between, masking);
      for (const one of relationships) sent.add(kindName(one.kind), relationshipText(one.from, one.to, one));
      await loadRelationships(copy, relationships, ids);
      done.relationships += relationships.length;
      progress(batch);
    }
  });
  await applySchema(copy, plan.schema);
  const { nodes, relationships, late, masked } = done;
  return { sent, ids, nodes, relationships, late, masked };
}

/** What is decided of each property, once for each kind. */
function decider(policy: GraphPolicy, { schema }: GraphPlan): Masking["decide"] {
  const kinds = new WeakMap<Kind, Map<string, Decision>>();
  return (kind, property) => {
    const decisions = kinds.get(kind) ?? new Map<string, Decision>();
    kinds.set(kind, decisions);
    const known = decisions.get(property);
    if (known) return known;
    const decision = decide(policy, schema, kind, property);
    if (!decision || decision.action === "conflict") {
      throw new UserError(
        `Neo4j holds ${placeName(kind, property)}, which came after the plan and which the policy does not know`,
        {
          next: "See what is proposed with pnpm sync:policy, and write it with pnpm sync:policy --accept",
        },
      );
    }
    decisions.set(property, decision);
    return decision;
  };
}

async function assertEmpty(copy: Graph): Promise<void> {
  const [{ count } = { count: 0n }] = await copy.read<{ count: bigint }>("MATCH (n) RETURN count(n) AS count");
  if (count > 0n) throw new UserError(`Neo4j at ${copy.where} should be empty for a copy, and holds ${count} nodes`);
}

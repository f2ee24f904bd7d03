import { UserError } from "@understudy/core";
import type { Graph, Server } from "@understudy/data";
import { readCatalog } from "@understudy/postgres";
import { openSource } from "../copy/source.ts";
import { planGraph } from "../neo4j/graph-plan.ts";
import { readSchema } from "../neo4j/schema.ts";
import { readShape } from "../neo4j/shape.ts";
import { own } from "../plan/resolve/effective-rules.ts";
import type { Refusal } from "../plan/resolve/resolution.ts";
import { resolveDatabase } from "../plan/resolve/resolve-database.ts";
import { findUnknownPaths } from "../plan/resolve/unknown-paths.ts";
import type { Policy } from "./policy.ts";
import type { GraphProposal, Proposal } from "./propose/proposal.ts";
import { propose } from "./propose/propose.ts";
import { proposeGraph } from "./propose/propose-graph.ts";

/** What a policy lacks for one database. */
export interface LackOfDatabase {
  readonly name: string;
  /** One for everything that the policy does not know. */
  readonly proposals: readonly Proposal[];
  /** What it says and cannot hold. */
  readonly refused: readonly Refusal[];
  readonly notes: readonly string[];
}

/** What a policy lacks for the graph. */
export interface LackOfGraph {
  readonly proposals: readonly GraphProposal[];
  readonly refused: readonly Refusal[];
}

/** Hold the graph against the policy. Only reads. */
export async function lacksOfGraph(graph: Graph, { neo4j }: Policy): Promise<LackOfGraph> {
  const [shape, schema] = await Promise.all([readShape(graph), readSchema(graph)]);
  const proposals = proposeGraph(neo4j, shape);
  return { proposals, refused: proposals.length ? [] : refusals(() => planGraph(neo4j, shape, schema)) };
}

function refusals(plan: () => unknown): Refusal[] {
  try {
    plan();
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ message: error.message, next: error.next ?? "Correct the neo4j: part of sanitize.yml" }];
  }
}

/** Hold a database against the policy. Only reads. */
export async function lacksOf(production: Server, name: string, policy: Policy, key: string): Promise<LackOfDatabase> {
  await using source = await openSource(production, name, key);
  const rules = own(policy.databases, name);
  const catalog = await readCatalog(source.session);
  const { tables, partial = [], unknown, refused, notes } = resolveDatabase(rules, catalog);
  const paths = await findUnknownPaths([source.session], [...tables, ...partial]);
  const proposals = await propose(source.session, catalog, rules, [...unknown, ...paths]);
  return { name, proposals, refused, notes };
}

import { UserError } from "@understudy/core";
import { type Graph, openGraphOf } from "@understudy/data";
import { keptVolumes } from "@understudy/environment";
import { type GraphPlan, planGraph } from "../neo4j/graph-plan.ts";
import { readSchema } from "../neo4j/schema.ts";
import { readShape } from "../neo4j/shape.ts";
import type { Policy } from "../policy/policy.ts";
import { readPolicy } from "../policy/read-policy.ts";
import type { CopyContext } from "../sync-production.ts";
import { type PlannedDatabase, planDatabases } from "./plan-databases.ts";

/** All that a copy does, before anything is done. */
export interface CopyPlan {
  readonly policy: Policy;
  readonly databases: readonly PlannedDatabase[];
  /** Undefined: not asked for, or there is none. */
  readonly graph: PlannedGraph | undefined;
  /** Names of data volumes in the compose files whose files are copied. */
  readonly volumes: readonly string[];
}

export interface PlannedGraph {
  readonly source: Graph;
  readonly plan: GraphPlan;
}

/** Volumes that a server fills with what is copied by its own protocol. */
const servedByProtocol = new Set(["postgres-data", "neo4j-data", "neo4j-logs"]);

/**
 * Decide everything by the policy. Only reads.
 * @param now when it is for conditions of the policy, ISO 8601
 * @param opened what was opened on production, to be closed by the caller
 * @throws UserError naming all that the policy does not know.
 */
export async function planCopy(context: CopyContext, now: string, opened: AsyncDisposableStack): Promise<CopyPlan> {
  const { request, production, staging, key } = context;
  const { only, databases, parallel, unmasked, sample } = request;
  const { installation, model, profile } = staging.stack;
  const policy = readPolicy(installation, profile.profile);
  return {
    policy,
    databases: only.includes("postgres")
      ? await planDatabases(production.server, policy, { databases, key, parallel, unmasked, sample, now }, opened)
      : [],
    graph: only.includes("neo4j") ? await planned(context, policy, opened) : undefined,
    volumes: only.includes("volumes") ? keptVolumes(model).filter((name) => !servedByProtocol.has(name)) : [],
  };
}

async function planned({ production, staging, request }: CopyContext, policy: Policy, opened: AsyncDisposableStack) {
  if (!staging.stack.model.services.neo4j) return undefined;
  const source = await openGraphOf(production);
  if (!source) return undefined;
  opened.use(source);
  if (request.unmasked) throw new UserError("A graph is always masked", { next: "Add --only postgres,volumes" });
  const [shape, schema] = await Promise.all([readShape(source), readSchema(source)]);
  return { source, plan: planGraph(policy.neo4j, shape, schema) };
}

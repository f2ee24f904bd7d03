import { bytesInWords, countInWords, UserError } from "@understudy/core";
import { graphContainer } from "@understudy/data";
import { networkName, volumeName } from "@understudy/environment";
import { quietSession } from "@understudy/postgres";
import type { PlannedGraph } from "../plan/plan-copy.ts";
import type { GraphPolicy } from "../policy/policy.ts";
import { swapOfVolume } from "../swap/swap-of.ts";
import type { CopyContext } from "../sync-production.ts";
import type { LeakSearch } from "../verify/leak-search.ts";
import { copyGraph } from "./copy-graph.ts";
import { startIncomingServer } from "./incoming-server.ts";
import { maskValuesBy } from "./mask-values.ts";
import { verifyGraph } from "./verify-graph.ts";

/** The data volume of Neo4j and the network that it is on, as the compose files name them. */
const volume = "neo4j-data";
const network = "internal";

export interface GraphOutcome {
  readonly nodes: number;
  readonly relationships: number;
  /** Relationships that came while the copy ran, and were left out. */
  readonly late: number;
  readonly masked: number;
  /** As the compose files name it. */
  readonly volume: string;
}

/** Copy production's graph to a fresh Neo4j, prove it, and lay its files beside staging's own, ready to be swapped in. */
export async function copyGraphOf(
  context: CopyContext,
  { source, plan }: PlannedGraph,
  policy: GraphPolicy,
  leaks: LeakSearch,
  report: (line: string) => void,
): Promise<GraphOutcome> {
  const { staging, production, key } = context;
  const { stackName, name: environment } = staging.stack.environment;
  const like = await graphContainer(staging);
  if (!like) throw new UserError(`${environment} has no Neo4j`, { next: "Deploy it: pnpm deploy:staging" });
  await using session = await production.server.connect("postgres");
  await quietSession(session);
  await session.query("SELECT set_config('understudy.key', $1, false)", [key]);
  report("starting a fresh Neo4j");
  await using server = await startIncomingServer({
    ...{ engine: staging.engine, reach: staging.reach, like, stackName, environment },
    ...{ live: volumeName(stackName, volume), network: networkName(stackName, network) },
  });
  const copied = await copyGraph(source, server.graph, {
    ...{ policy, plan, mask: maskValuesBy(session) },
    onPersonal: (personal) => leaks.addGraphValue(personal),
    onProgress: ({ elements, text }) =>
      report(
        `${countInWords(elements)} of ${countInWords(plan.elements)} nodes and relationships, ${bytesInWords(text)}`,
      ),
  });
  report("comparing");
  await verifyGraph(server.graph, copied, plan.schema, (place, text) => leaks.scanGraphText(place, text));
  await server.stop();
  report("laying it beside the live graph");
  await swapOfVolume(context, volume).prepare();
  const { nodes, relationships, late, masked } = copied;
  return { nodes, relationships, late, masked, volume };
}

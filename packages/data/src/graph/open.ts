import { type ContainerInspectInfo, UserError } from "@understudy/core";
import type { Reach } from "@understudy/environment";
import { serviceContainer } from "../servers/service-container.ts";
import type { Side } from "../side.ts";
import { type Graph, openGraph } from "./connect.ts";

const boltPort = 7687;

/** The container that serves an environment's graph, or undefined when its stack has none. */
export function graphContainer({ engine, stack }: Side) {
  return serviceContainer(engine, stack, "neo4j");
}

/** The graph of an environment, or undefined when its stack has none. Close it when done. @throws UserError when it cannot be reached. */
export async function openGraphOf(side: Side): Promise<Graph | undefined> {
  const { reach, stack } = side;
  if (!stack.model.services.neo4j) return undefined;
  const container = await graphContainer(side);
  if (!container) {
    throw new UserError(`${stack.environment.name} has no Neo4j`, {
      next: `See pnpm status --environment ${stack.environment.name}`,
    });
  }
  return await graphIn(reach, container, stack.envFile.values.NEO4J_PASSWORD ?? "");
}

/** The graph that a container serves. */
export async function graphIn(reach: Reach, container: ContainerInspectInfo, password: string): Promise<Graph> {
  return await openGraph({ ...(await reach.address(container, boltPort)), user: "neo4j", password });
}

/** How large a graph is now. */
export async function countGraph(graph: Graph): Promise<{ nodes: number; relationships: number }> {
  const count = async (query: string) => Number((await graph.read<{ count: bigint }>(query))[0]?.count);
  return {
    nodes: await count("MATCH (n) RETURN count(n) AS count"),
    relationships: await count("MATCH ()-[r]->() RETURN count(r) AS count"),
  };
}

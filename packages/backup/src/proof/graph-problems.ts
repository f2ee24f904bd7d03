import type { ContainerInspectInfo } from "@understudy/core";
import { countGraph, graphIn, type Side } from "@understudy/data";
import type { Manifest } from "../manifest/manifest.ts";

/** Whether a restored graph is as large as the one that was backed up, which may have changed while it was counted. */
export async function graphProblems(
  { reach, stack }: Side,
  container: ContainerInspectInfo,
  { graph }: Manifest,
): Promise<string[]> {
  if (!graph) return [];
  await using restored = await graphIn(reach, container, stack.envFile.values.NEO4J_PASSWORD ?? "");
  const found = await countGraph(restored);
  return (["nodes", "relationships"] as const).flatMap((what) => {
    const [least, most] = [...graph[what]].sort((a, b) => a - b) as [number, number];
    return found[what] >= least && found[what] <= most
      ? []
      : [`neo4j: ${least === most ? least : `${least} to ${most}`} ${what} backed up, ${found[what]} restored`];
  });
}

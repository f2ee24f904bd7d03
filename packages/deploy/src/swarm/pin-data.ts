import type { Fleet } from "@understudy/core";
import type { DesiredStack, Snapshot } from "@understudy/environment";
import { ownedVolumes } from "../live/missing-volumes.ts";
import { chooseDataNode, statefulServices } from "./data-node.ts";

/** Say where the volumes of a stack are to be made. @returns the node ID of each service that has data @throws UserError */
export async function pinData(
  fleet: Fleet,
  { environment: { stackName }, model }: DesiredStack,
  { swarm }: Snapshot,
): Promise<Record<string, string>> {
  const nodes = swarm?.nodes ?? (await fleet.look()).nodes;
  const node = chooseDataNode({ stackName, model, nodes, volumes: await fleet.volumeNodes() });
  if (!node) return {};
  fleet.pin(Object.fromEntries(ownedVolumes(stackName, model).map((volume) => [volume, node])));
  return Object.fromEntries(statefulServices(model).map(({ name }) => [name, node]));
}

import type { ContainerInspectInfo, Engine } from "@understudy/core";
import { type DesiredStack, serviceOf, takeSnapshot } from "@understudy/environment";

/** The container that runs a service of a stack now, or undefined when there is none. */
export async function serviceContainer(
  engine: Engine,
  { environment }: DesiredStack,
  service: string,
): Promise<ContainerInspectInfo | undefined> {
  const { containers } = await takeSnapshot(engine, environment.stackName);
  return [...containers.values()].find((info) => serviceOf(info) === service);
}

import { type Engine, statusOf } from "@understudy/core";

/**
 * Take every container off a network, as the engine removes none that is in use. Their other networks stay, and what was
 * on it is replaced with it.
 */
export async function emptyNetwork(engine: Engine, name: string): Promise<void> {
  const network = engine.docker.getNetwork(name);
  const { Containers = {} } = await network.inspect();
  for (const id of Object.keys(Containers)) {
    await network.disconnect({ Container: id, Force: true }).catch((error) => {
      if (statusOf(error) !== 404) throw error;
    });
  }
}

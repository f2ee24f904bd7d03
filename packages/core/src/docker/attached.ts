import type { Duplex } from "node:stream";
import type { Container, ContainerCreateOptions } from "dockerode";
import type { Engine } from "./engine.ts";

export interface AttachedContainer {
  readonly id: string;
  /** Its standard input; and what it prints, in the engine's frames, see `docker.modem.demuxStream`. */
  readonly stream: Duplex;
}

/** As `NetworkMode`: where a stack's containers can be reached. Their host's network; in a swarm, every network that they are on. */
export const amongContainers = "among-containers";

/**
 * Start a container that lives no longer than this process: its command reads standard input, which ends with us, however
 * we end; and it is removed when it ends.
 * @param prepare puts files in it before it starts
 */
export async function startAttached(
  engine: Engine,
  options: ContainerCreateOptions,
  prepare: (container: Container) => Promise<void> = async () => {},
): Promise<AttachedContainer> {
  const networks = options.HostConfig?.NetworkMode === amongContainers ? await networksOf(engine) : undefined;
  const container = await engine.docker.createContainer({
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    Healthcheck: { Test: ["NONE"] },
    ...options,
    HostConfig: {
      AutoRemove: true,
      ...options.HostConfig,
      ...(networks ? { NetworkMode: networks[0] ?? "bridge" } : {}),
    },
  });
  const stream = (await container.attach({ stream: true, stdin: true, stdout: true, hijack: true })) as Duplex;
  try {
    for (const name of networks?.slice(1) ?? []) {
      await engine.docker.getNetwork(name).connect({ Container: container.id });
    }
    await prepare(container);
    await container.start();
  } catch (error) {
    // Open, it would keep this process alive.
    stream.destroy();
    await container.remove({ force: true, v: true });
    throw error;
  }
  return { id: container.id, stream };
}

async function networksOf({ fleet }: Engine): Promise<readonly string[]> {
  return fleet ? await fleet.networks() : ["host"];
}

import type { ContainerInspectInfo, NetworkInspectInfo, VolumeInspectInfo } from "@understudy/core";
import { type Engine, label, ofStack } from "@understudy/core";

/** Everything of one stack as it is on the host now, by its name on the host. */
export interface Snapshot {
  readonly containers: ReadonlyMap<string, ContainerInspectInfo>;
  readonly networks: ReadonlyMap<string, NetworkInspectInfo>;
  readonly volumes: ReadonlyMap<string, VolumeInspectInfo>;
}

/** Look at a stack. Things are found by label, so that a renamed container still counts. */
export async function takeSnapshot(engine: Engine, stackName: string): Promise<Snapshot> {
  const filters = ofStack(stackName);
  const [containers, networks, volumes] = await Promise.all([
    engine.docker.listContainers({ all: true, filters }),
    engine.docker.listNetworks({ filters }),
    engine.docker.listVolumes({ filters }),
  ]);
  const inspected = await Promise.all(containers.map(({ Id }) => engine.docker.getContainer(Id).inspect()));
  return {
    containers: new Map(inspected.map((info) => [info.Name.slice(1), info])),
    networks: new Map(networks.map((info) => [info.Name, info])),
    volumes: new Map((volumes.Volumes ?? []).map((info) => [info.Name, info])),
  };
}

/** The service that a container runs. */
export function serviceOf(info: ContainerInspectInfo): string {
  return info.Config.Labels[label.service] ?? info.Name.slice(1);
}

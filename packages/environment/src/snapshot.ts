import type {
  ContainerInspectInfo,
  FleetView,
  NetworkInspectInfo,
  SwarmService,
  VolumeInspectInfo,
} from "@understudy/core";
import { composeLabel, type Engine, isOfStack, label } from "@understudy/core";

/** Everything of one stack as it is on the host now, by its name on the host. */
export interface Snapshot {
  readonly containers: ReadonlyMap<string, ContainerInspectInfo>;
  readonly networks: ReadonlyMap<string, NetworkInspectInfo>;
  readonly volumes: ReadonlyMap<string, VolumeInspectInfo>;
  /** Where a swarm runs it: its machines, and the stack's services by name; undefined on one engine. */
  readonly swarm?: SwarmSnapshot;
}

export interface SwarmSnapshot extends Pick<FleetView, "nodes" | "tasks"> {
  readonly services: ReadonlyMap<string, SwarmService>;
}

/** Look at a stack. Things are found by label, so that a renamed container still counts. */
export async function takeSnapshot(engine: Engine, stackName: string): Promise<Snapshot> {
  // The engine filters by one label or another, not by either.
  const [containers, networks, { Volumes: volumes }, view] = await Promise.all([
    engine.docker.listContainers({ all: true }),
    engine.docker.listNetworks(),
    engine.docker.listVolumes(),
    engine.fleet?.look(),
  ]);
  const own = <T extends { Labels?: Record<string, string> | null }>(all: readonly T[] | null) =>
    (all ?? []).filter(({ Labels }) => isOfStack(Labels, stackName));
  const inspected = await Promise.all(own(containers).map(({ Id }) => engine.docker.getContainer(Id).inspect()));
  return {
    containers: new Map(inspected.map((info) => [info.Name.slice(1), info])),
    networks: new Map(own(networks).map((info) => [info.Name, info])),
    volumes: new Map(own(volumes).map((info) => [info.Name, info])),
    ...(view ? { swarm: swarmOf(view, stackName) } : {}),
  };
}

function swarmOf({ nodes, services, tasks }: FleetView, stackName: string): SwarmSnapshot {
  const own = services.filter(({ Spec }) => isOfStack(Spec.Labels, stackName));
  return { nodes, tasks, services: new Map(own.map((service) => [service.Spec.Name, service])) };
}

/** The service that a container runs. */
export function serviceOf(info: ContainerInspectInfo): string {
  return info.Config.Labels[label.service] ?? info.Config.Labels[composeLabel.service] ?? info.Name.slice(1);
}

/** Exit code, OOM and restarts in a few words. */
export function describeState(info: ContainerInspectInfo): string {
  const { State } = info;
  return [
    State.Status,
    ...(State.Running ? [] : [`exit code ${State.ExitCode}`]),
    ...(State.OOMKilled ? ["killed for lack of memory (OOM)"] : []),
    `${info.RestartCount} restarts`,
    ...(State.Error ? [State.Error] : []),
  ].join(", ");
}

import type { ServiceSpec, SwarmService } from "./api.ts";

/** What decides where a container of our own goes. */
export interface Wish {
  /** Names of volumes that it mounts. */
  readonly volumes: readonly string[];
  /** Containers that it shares something with, by id or name. */
  readonly beside: readonly string[];
  /** It mounts a folder of its machine: what is in there is on one machine. */
  readonly folder: boolean;
  /** Node ID that is asked for. */
  readonly node: string | undefined;
}

/** The parts of `POST /containers/create` that bind it to a machine. */
export interface CreateBody {
  readonly Labels?: Readonly<Record<string, string>>;
  readonly HostConfig?: {
    readonly NetworkMode?: string;
    readonly PidMode?: string;
    readonly IpcMode?: string;
    readonly VolumesFrom?: readonly string[] | null;
    readonly Binds?: readonly string[] | null;
    readonly Mounts?: readonly { readonly Type: string; readonly Source?: string }[] | null;
  };
}

/** What a container that is to be made needs near it. Pure. */
export function wishOf({ Labels = {}, HostConfig = {} }: CreateBody, nodeLabel: string): Wish {
  const { NetworkMode = "", PidMode = "", IpcMode = "", VolumesFrom, Binds, Mounts } = HostConfig;
  const shared = [NetworkMode, PidMode, IpcMode].flatMap((mode) => /^container:(.+)$/.exec(mode)?.[1] ?? []);
  return {
    volumes: [
      ...(Mounts ?? []).flatMap(({ Type, Source }) => (Type === "volume" && Source ? [Source] : [])),
      ...(Binds ?? []).map((bind) => bind.split(":")[0] ?? "").filter((source) => source && !source.startsWith("/")),
    ],
    folder: (Mounts ?? []).some(({ Type }) => Type === "bind") || (Binds ?? []).some((bind) => bind.startsWith("/")),
    beside: [...shared, ...(VolumesFrom ?? []).map((one) => one.split(":")[0] ?? one)],
    node: Labels[nodeLabel],
  };
}

const pinned = /^node\.id\s*==\s*(\S+)$/;

/** The node that a service must run on, if it is one. Pure. */
export function pinOf({ TaskTemplate }: ServiceSpec): string | undefined {
  return TaskTemplate.Placement?.Constraints?.map((one) => pinned.exec(one)?.[1]).find(Boolean);
}

/** The node of each volume that a pinned service mounts. Pure. */
export function pinnedVolumes(services: readonly SwarmService[]): Map<string, string> {
  return new Map(
    services.flatMap(({ Spec }) => {
      const node = pinOf(Spec);
      const mounts = Spec.TaskTemplate.ContainerSpec.Mounts ?? [];
      return node
        ? mounts.flatMap(({ Type, Source }) => (Type === "volume" && Source ? [[Source, node] as const] : []))
        : [];
    }),
  );
}

/** The volume that another one, by its name, stands beside: `<live>_incoming` and the like. Pure. */
export function besideVolume(name: string, known: Iterable<string>): string | undefined {
  return [...known]
    .filter((volume) => name.startsWith(volume) && /^[_.-]/.test(name.slice(volume.length)))
    .sort((a, b) => b.length - a.length)[0];
}

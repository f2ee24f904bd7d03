import type { ServiceMount } from "./api.ts";
import { labelsOf, restartsOf, type Seen, stoppedLabel, whyNot } from "./view.ts";

/**
 * What `docker inspect` says of a service that has no container, or one that is not reached, from what its container would be made of. Pure.
 * @param why it has none, where the swarm does not know it
 */
export function inspectStandIn({ id, name, place }: Seen, networks: ReadonlyMap<string, string>, why?: string) {
  if (!place) throw new Error(`${name} is of no service`);
  const { service, task } = place;
  const { ContainerSpec, Networks = [], Resources } = service.Spec.TaskTemplate;
  const { Image, Env, Command, Args, Hostname = "", User = "", Healthcheck } = ContainerSpec;
  const since = task?.Status.Timestamp ?? service.UpdatedAt;
  const stopped = service.Spec.Labels?.[stoppedLabel] !== undefined;
  return {
    Id: id,
    Name: `/${name}`,
    Created: service.CreatedAt,
    Image,
    RestartCount: restartsOf(place),
    State: {
      Status: stopped ? "exited" : "created",
      ...{ Running: false, Paused: false, Restarting: false, OOMKilled: false, Dead: false },
      ExitCode: task?.Status.ContainerStatus?.ExitCode ?? 0,
      Error: stopped ? "" : (why ?? whyNot(place)),
      StartedAt: since,
      FinishedAt: since,
    },
    Config: {
      ...{ Image, Hostname, User, Env: Env ?? [], Labels: labelsOf(service.Spec) },
      ...{ Entrypoint: Command ?? null, Cmd: Args ?? null, Healthcheck },
    },
    HostConfig: {
      ...{ Binds: null, PortBindings: {}, NetworkMode: "default", RestartPolicy: { Name: "" } },
      ...{ Memory: Resources?.Limits?.MemoryBytes ?? 0, NanoCpus: Resources?.Limits?.NanoCPUs ?? 0 },
    },
    Mounts: (ContainerSpec.Mounts ?? []).map(mountOf),
    NetworkSettings: {
      Ports: {},
      Networks: Object.fromEntries(
        Networks.map(({ Target, Aliases = [] }) => [
          networks.get(Target) ?? Target,
          { NetworkID: Target, Aliases, IPAddress: "", IPAMConfig: null },
        ]),
      ),
    },
  };
}

function mountOf({ Type, Source = "", Target, ReadOnly = false }: ServiceMount) {
  return { Type, ...(Type === "volume" ? { Name: Source } : {}), Source, Destination: Target, RW: !ReadOnly };
}

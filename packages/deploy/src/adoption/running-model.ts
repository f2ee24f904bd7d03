import type { ComposeModel, FileMount, Mount, Service } from "@understudy/compose";
import type { ContainerInspectInfo } from "@understudy/core";
import { networkName, volumeName } from "@understudy/stacks/names";
import type { Matched } from "./match-services.ts";
import type { PlacedFiles } from "./placed-files.ts";
import { externalNetwork, foreignNetworks, runningNetworks } from "./running-networks.ts";
import { variablesOf } from "./templates.ts";

/** What is known of the host, to tell what runs. */
export interface Running {
  readonly stackName: string;
  readonly services: Matched;
  /** The variables that each service's image sets by itself. */
  readonly imageVariables: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly placed: PlacedFiles;
  /** Networks and volumes that are there, by their names on the host. */
  readonly present: ReadonlySet<string>;
}

/**
 * The compose model put right where a container differs from it in what the engine's provider does not read back (environment, mounts,
 * placed files, networks), or reads only where something is (ports, health check, limits). What it does read it is left to see. A service
 * without such a difference is the model's own. Pure.
 */
export function runningModel(model: ComposeModel, running: Running): ComposeModel {
  const { stackName, services, present } = running;
  const there = <T extends { external: { name: string } | undefined }>(
    all: Record<string, T>,
    nameOf: (name: string) => string,
  ) => Object.fromEntries(Object.entries(all).filter(([name, { external }]) => external || present.has(nameOf(name))));
  const networks = there(model.networks, (name) => networkName(stackName, name));
  const foreign = [...services.values()].flatMap((info) => foreignNetworks(model, stackName, info));
  return {
    ...model,
    volumes: there(model.volumes, (name) => volumeName(stackName, name)),
    networks: { ...networks, ...Object.fromEntries(foreign.map((name) => [name, externalNetwork(name)])) },
    services: Object.fromEntries(
      Object.entries(model.services).map(([name, service]) => {
        const info = services.get(name);
        return [name, info ? runningService(model, running, service, info) : service];
      }),
    ),
  };
}

function runningService(model: ComposeModel, running: Running, service: Service, info: ContainerInspectInfo): Service {
  const { Config, HostConfig } = info;
  const placed = running.placed.get(service.name);
  const isThere = ({ target }: FileMount) => placed?.has(target) ?? false;
  const published = Object.values(HostConfig.PortBindings ?? {}).some(
    (bindings) => (bindings as unknown[] | null)?.length,
  );
  return {
    ...service,
    environment: runningEnvironment(service, info, running.imageVariables.get(service.name)),
    labels: runningLabels(service.labels, Config.Labels),
    volumes: runningMounts(model, service, info),
    configs: service.configs.filter(isThere),
    secrets: service.secrets.filter(isThere),
    networks: runningNetworks(model, running.stackName, service, info),
    ports: published && service.ports.length === 0 ? livePorts(info) : service.ports,
    healthcheck: Config.Healthcheck?.Test?.length ? service.healthcheck : undefined,
    capAdd: HostConfig.CapAdd?.length || HostConfig.CapDrop?.length ? service.capAdd : [],
    capDrop: HostConfig.CapAdd?.length || HostConfig.CapDrop?.length ? service.capDrop : [],
    ulimits: HostConfig.Ulimits?.length ? service.ulimits : {},
    resources: { ...service.resources, cpus: HostConfig.NanoCpus ? service.resources.cpus : undefined },
  };
}

/** In the order of the compose files, so that what is equal stays equal. */
function runningEnvironment(
  service: Service,
  { Config }: ContainerInspectInfo,
  image: ReadonlyMap<string, string> = new Map(),
): Record<string, string> {
  const live = variablesOf(Config.Env);
  const own = [...live].filter(
    ([name, value]) => !Object.hasOwn(service.environment, name) && image.get(name) !== value,
  );
  const wanted = Object.keys(service.environment).flatMap((name) => {
    const value = live.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries([...wanted, ...own]);
}

/** Labels of ours are for us, who read them in the compose files: no container is replaced for them. */
function runningLabels(wanted: Record<string, string>, live: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => name.startsWith("understudy.") || live[name] === value),
  );
}

/** Volumes are as the model says, see `refuseOtherData`; folders of the host may not be. */
function runningMounts({ volumes }: ComposeModel, service: Service, { Mounts }: ContainerInspectInfo): Mount[] {
  const at = new Map(Mounts.map((mount) => [mount.Destination, mount]));
  const files = new Set([...service.configs, ...service.secrets].map(({ target }) => target));
  const wanted = service.volumes.flatMap((mount): Mount[] => {
    if (mount.type === "tmpfs") return [mount];
    const live = at.get(mount.target);
    if (!live || (mount.type === "volume" && !volumes[mount.source])) return [];
    const source = live.Type === "bind" ? live.Source : mount.source;
    return [{ ...mount, source, readOnly: !live.RW }];
  });
  const more = Mounts.filter(
    ({ Type, Destination }) =>
      Type === "bind" && !files.has(Destination) && !service.volumes.some(({ target }) => target === Destination),
  );
  return [
    ...wanted,
    ...more.map(
      ({ Source, Destination, RW }): Mount => ({ type: "bind", source: Source, target: Destination, readOnly: !RW }),
    ),
  ];
}

function livePorts({ HostConfig }: ContainerInspectInfo): Service["ports"] {
  const bindings = HostConfig.PortBindings as Record<string, { HostIp: string; HostPort: string }[] | null>;
  return Object.entries(bindings).flatMap(([port, published]) => {
    const [target, protocol] = port.split("/");
    return (published ?? []).map(({ HostIp, HostPort }) => ({
      target: Number(target),
      published: Number(HostPort),
      hostIp: HostIp || undefined,
      protocol: protocol as Service["ports"][number]["protocol"],
    }));
  });
}

import type { ComposeModel, NetworkAttachment, Service } from "@understudy/compose";
import type { ContainerInspectInfo } from "@understudy/core";
import { networkName } from "@understudy/stacks/names";

/** The networks that a container is on, by their names in the model where it has them. Pure. */
export function runningNetworks(
  model: ComposeModel,
  stackName: string,
  service: Service,
  info: ContainerInspectInfo,
): Record<string, NetworkAttachment> {
  const live = info.NetworkSettings.Networks;
  const wanted = Object.entries(service.networks).flatMap(([name, { aliases, ipv4Address }]) => {
    const attachment = live[hostName(model, stackName, name)];
    if (!attachment) return [];
    const called = new Set<string>(attachment.Aliases ?? []);
    const fixed = attachment.IPAMConfig?.IPv4Address || undefined;
    const known = aliases.filter((alias) => called.has(alias));
    return [[name, { aliases: known, ipv4Address: fixed === ipv4Address ? ipv4Address : fixed }] as const];
  });
  const more = foreignNetworks(model, stackName, info).map(
    (name) => [name, { aliases: [], ipv4Address: undefined }] as const,
  );
  return Object.fromEntries([...wanted, ...more]);
}

/** Networks that a container is on and the compose files do not know. Pure. */
export function foreignNetworks(
  model: ComposeModel,
  stackName: string,
  { NetworkSettings }: ContainerInspectInfo,
): string[] {
  const known = new Set(Object.keys(model.networks).map((name) => hostName(model, stackName, name)));
  return Object.keys(NetworkSettings.Networks).filter((name) => !known.has(name));
}

function hostName(model: ComposeModel, stackName: string, network: string): string {
  return model.networks[network]?.external?.name ?? networkName(stackName, network);
}

/** A network that is there, and nobody's of ours. */
export function externalNetwork(name: string): ComposeModel["networks"][string] {
  return {
    ...{ driver: undefined, driverOpts: {}, internal: false, attachable: false, ipam: undefined, labels: {} },
    external: { name },
  };
}

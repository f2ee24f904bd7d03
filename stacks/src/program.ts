import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { type ComposeModel, dependencyOrder, type Service } from "@understudy/compose";
import { innerResolver } from "@understudy/core";
import { type ImageHealthcheck, serviceArgs } from "./container-args.ts";
import { dependencies } from "./dependencies.ts";
import { encryptSecrets } from "./encrypt-secrets.ts";
import { type Labels, labelList } from "./labels.ts";
import { networkName } from "./names.ts";
import { staysInside } from "./stays-inside.ts";
import { notedTurns, onceItMay, type Turns, tellWhenMade } from "./turns.ts";
import { declareVolumes } from "./volumes.ts";
import { programWithWaits } from "./waits.ts";

const innerNames = { dns: innerResolver.servers, dnsOpts: innerResolver.options };

/** What a deploy hands to the program. */
export interface StackInput {
  readonly stackName: string;
  readonly model: ComposeModel;
  /** Per service: the reference it is known by and the id on the target host that runs. */
  readonly images: Readonly<
    Record<
      string,
      { readonly reference: string; readonly id: string; readonly healthcheck: ImageHealthcheck | undefined }
    >
  >;
  labels(kind: "container" | "network" | "volume", name: string): Labels;
  /** The id of the engine that it is for, where several machines use the state: what tells whose stack it is. */
  readonly engineId?: string | undefined;
  /** Services are to reach nobody outside the stack. */
  readonly closed: boolean;
  /** How a service's container was made, when it was not by us and is to stay. */
  readonly made?: (service: string) => MadeOtherwise | undefined;
  /** Values that must be encrypted in the state wherever they appear. */
  readonly secrets: readonly string[];
  /** Resolves once a service is healthy. Not called in a preview. */
  awaitHealthy(service: string, containerId: string): Promise<void>;
  readonly turns?: Turns | undefined;
}

/** What others say of a container that comes to the same as what we say in another way. */
export type MadeOtherwise = Pick<docker.ContainerArgs, "mounts" | "networkMode">;

/**
 * The merged compose model as Pulumi resources: networks, volumes, images and containers, in the order of depends_on.
 * A service waits for those that it wants healthy; the wait is ours, so that a failure tells more than a time-out and
 * leaves nothing half in the state.
 */
export function stackProgram(input: StackInput): pulumi.automation.PulumiFn {
  return programWithWaits((noted) => {
    const { turns } = input;
    const watched: StackInput = {
      ...input,
      awaitHealthy: noted((service: string, id: string) => input.awaitHealthy(service, id)),
      turns: turns && notedTurns(turns, noted),
    };
    const networks = declareNetworks(watched);
    const volumes = declareVolumes(watched);
    const containers = new Map<string, docker.Container>();
    for (const name of dependencyOrder(watched.model)) {
      const service = watched.model.services[name];
      if (service) containers.set(name, declareContainer(watched, service, networks, volumes, containers));
    }
  }, input);
}

function declareNetworks({ stackName, model, labels, secrets }: StackInput): Map<string, docker.Network> {
  const owned = Object.entries(model.networks).filter(([, network]) => !network.external);
  return new Map(
    owned.map(([name, network]) => {
      const args: docker.NetworkArgs = {
        name: networkName(stackName, name),
        driver: network.driver ?? "bridge",
        internal: network.internal,
        attachable: network.attachable,
        ...(Object.keys(network.driverOpts).length ? { options: network.driverOpts } : {}),
        ...(network.ipam
          ? { ipamConfigs: network.ipam.config.map(({ subnet, gateway, ipRange }) => ({ subnet, gateway, ipRange })) }
          : {}),
        labels: labelList({ ...network.labels, ...labels("network", name) }),
      };
      const { encrypted, options } = encryptSecrets(args, secrets);
      return [
        name,
        // Only Swarm asks whether a network is attachable, and Docker Compose 1 makes every one so.
        new docker.Network(name, encrypted, {
          deleteBeforeReplace: true,
          ignoreChanges: ["labels", "attachable"],
          ...options,
        }),
      ];
    }),
  );
}

function declareContainer(
  input: StackInput,
  service: Service,
  networks: Map<string, docker.Network>,
  volumes: Map<string, docker.Volume>,
  containers: Map<string, docker.Container>,
): docker.Container {
  const { stackName, model } = input;
  const image = input.images[service.name];
  if (!image) throw new Error(`no image was resolved for service ${service.name}`);
  const remoteImage = new docker.RemoteImage(
    service.name,
    { name: image.reference, keepLocally: true, pullTriggers: [image.id] },
    { deleteBeforeReplace: true },
  );
  const mounted = service.volumes.flatMap((mount) =>
    mount.type === "volume" ? (volumes.get(mount.source) ?? []) : [],
  );
  const made = input.made?.(service.name);
  const args: docker.ContainerArgs = {
    ...serviceArgs(stackName, model, service, image.healthcheck),
    ...(input.closed && staysInside(model, service) && !made ? innerNames : {}),
    ...made,
    image: image.id,
    labels: labelList({ ...service.labels, ...input.labels("container", service.name) }),
    networksAdvanced: Object.entries(service.networks).map(([name, attachment]) => ({
      name: networks.get(name)?.name ?? model.networks[name]?.external?.name ?? name,
      aliases: [...new Set([service.name, ...attachment.aliases])].sort(),
      ...(attachment.ipv4Address ? { ipv4Address: attachment.ipv4Address } : {}),
    })),
  };
  const { encrypted, options } = encryptSecrets(args, input.secrets);
  const needed = dependencies(service, containers, input.awaitHealthy);
  const container = new docker.Container(service.name, encrypted, {
    deleteBeforeReplace: true,
    // Weighed anew whenever it is replaced behind the edge.
    ignoreChanges: ["cpuShares"],
    // The engine does not remove a network that containers are on.
    replaceWith: Object.keys(service.networks).flatMap((name) => networks.get(name) ?? []),
    ...options,
    dependsOn: onceItMay(input.turns, service.name, [remoteImage, ...mounted, ...needed]),
  });
  tellWhenMade(input.turns, service.name, container);
  return container;
}

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type ComposeModel, dependencyOrder, type Service } from "@understudy/compose";
import { innerResolver } from "@understudy/core";
import { type ImageHealthcheck, serviceArgs } from "./container-args.ts";
import { networkName, volumeName } from "./names.ts";
import { staysInside } from "./stays-inside.ts";

/** Resolves once every resource was registered, or could not be. Exported by the SDK, but not in its types. */
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs(): Promise<void> };

const innerNames = { dns: innerResolver.servers, dnsOpts: innerResolver.options };

export type Labels = Readonly<Record<string, string>>;

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

/** Hears of every container, replaced or not, in a run that is no preview. */
export interface Turns {
  /** Resolves once a service's container may be replaced; the engine hears of it only then. */
  before(service: string): Promise<void>;
  /** The engine has made the container, or left the one that there is. */
  after(service: string): void;
}

/**
 * The merged compose model as Pulumi resources: networks, volumes, images and containers, in the order of depends_on.
 * A service waits for those that it wants healthy; the wait is ours, so that a failure tells more than a time-out and
 * leaves nothing half in the state.
 */
export function stackProgram(input: StackInput): pulumi.automation.PulumiFn {
  return async () => {
    const failures: unknown[] = [];
    const noted = withFailuresNoted(input, failures);
    const networks = declareNetworks(noted);
    const volumes = declareVolumes(noted);
    const containers = new Map<string, docker.Container>();
    for (const name of dependencyOrder(noted.model)) {
      const service = noted.model.services[name];
      if (service) containers.set(name, declareContainer(noted, service, networks, volumes, containers));
    }
    // The engine takes a program that ended well for one that has named every resource, and removes the others: the services
    // that waited for what failed, the edge among them.
    await waitForRPCs();
    if (failures.length) throw failures[0];
    return noted.engineId ? { engine: noted.engineId } : {};
  };
}

/** The same input, whose waits write down why they failed. */
function withFailuresNoted(input: StackInput, failures: unknown[]): StackInput {
  const noted = async (wait: Promise<void>) => {
    try {
      await wait;
    } catch (error) {
      failures.push(error);
      throw error;
    }
  };
  const { turns } = input;
  return {
    ...input,
    awaitHealthy: (service, id) => noted(input.awaitHealthy(service, id)),
    turns: turns && {
      before: (service) => noted(turns.before(service)),
      after: (service) => turns.after(service),
    },
  };
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

/** Data: adopted when it exists already, never deleted by the engine, never replaced for a label. */
function declareVolumes({ stackName, model, labels, secrets }: StackInput): Map<string, docker.Volume> {
  const owned = Object.entries(model.volumes).filter(([, volume]) => !volume.external);
  return new Map(
    owned.map(([name, volume]) => {
      const args: docker.VolumeArgs = {
        name: volumeName(stackName, name),
        driver: volume.driver ?? "local",
        ...(Object.keys(volume.driverOpts).length ? { driverOpts: volume.driverOpts } : {}),
        labels: labelList({ ...volume.labels, ...labels("volume", name) }),
      };
      const { encrypted, options } = encryptSecrets(args, secrets);
      return [
        name,
        new docker.Volume(name, encrypted, { retainOnDelete: true, ignoreChanges: ["labels"], ...options }),
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
  const needed = dependencies(input, service, containers);
  const container = new docker.Container(service.name, encrypted, {
    deleteBeforeReplace: true,
    // Weighed anew whenever it is replaced behind the edge.
    ignoreChanges: ["cpuShares"],
    // The engine does not remove a network that containers are on.
    replaceWith: Object.keys(service.networks).flatMap((name) => networks.get(name) ?? []),
    ...options,
    dependsOn: [...mounted, ...needed, permitted(input, service, remoteImage, needed)],
  });
  if (!pulumi.runtime.isDryRun()) container.id.apply(() => input.turns?.after(service.name));
  return container;
}

/** The services that must be there first; where health is asked for, after it was seen. */
function dependencies(
  input: StackInput,
  service: Service,
  containers: Map<string, docker.Container>,
): pulumi.Input<pulumi.Resource>[] {
  return Object.entries(service.dependsOn).flatMap(([name, { condition }]): pulumi.Input<pulumi.Resource>[] => {
    const container = containers.get(name);
    if (!container) return [];
    if (condition === "service_started" || pulumi.runtime.isDryRun()) return [container];
    return [
      container.id.apply(async (id) => {
        await input.awaitHealthy(name, id);
        return container;
      }),
    ];
  });
}

/** A service's image, once its container may be replaced; asked last, so that what waits for it waits no longer than it must. */
function permitted(
  { turns }: StackInput,
  { name }: Service,
  image: docker.RemoteImage,
  needed: pulumi.Input<pulumi.Resource>[],
): pulumi.Input<pulumi.Resource> {
  if (!turns || pulumi.runtime.isDryRun()) return image;
  return pulumi.all(needed).apply(async () => {
    await turns.before(name);
    return image;
  });
}

/** Wrap every argument in which a secret value appears, however deep. */
function encryptSecrets<Args extends object>(args: Args, secrets: readonly string[]) {
  const holdsSecret = (value: unknown) => {
    const text = JSON.stringify(value) ?? "";
    return secrets.some((secret) => text.includes(JSON.stringify(secret).slice(1, -1)));
  };
  // Networks are other resources' outputs, which have no text yet and no secrets ever.
  const secretKeys = Object.entries(args).flatMap(([key, value]) =>
    key !== "networksAdvanced" && holdsSecret(value) ? [key] : [],
  );
  const wrapped = Object.fromEntries(secretKeys.map((key) => [key, pulumi.secret(args[key as keyof Args])]));
  return { encrypted: { ...args, ...wrapped } as Args, options: { additionalSecretOutputs: secretKeys } };
}

function labelList(labels: Labels): { label: string; value: string }[] {
  return Object.entries(labels)
    .map(([label, value]) => ({ label, value }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type ComposeModel, dependencyOrder, type Service } from "@understudy/compose";
import { type ImageHealthcheck, serviceArgs } from "./container-args.ts";
import { networkName, volumeName } from "./names.ts";

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
  /** Values that must be encrypted in the state wherever they appear. */
  readonly secrets: readonly string[];
  /** Resolves once a service is healthy. Not called in a preview. */
  awaitHealthy(service: string, containerId: string): Promise<void>;
}

/**
 * The merged compose model as Pulumi resources: networks, volumes, images and containers, in the order of depends_on.
 * A service waits for those that it wants healthy; the wait is ours, so that a failure tells more than a time-out and
 * leaves nothing half in the state.
 */
export function stackProgram(input: StackInput): pulumi.automation.PulumiFn {
  return async () => {
    const networks = declareNetworks(input);
    const volumes = declareVolumes(input);
    const containers = new Map<string, docker.Container>();
    for (const name of dependencyOrder(input.model)) {
      const service = input.model.services[name];
      if (service) containers.set(name, declareContainer(input, service, networks, volumes, containers));
    }
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
        new docker.Network(name, encrypted, { deleteBeforeReplace: true, ignoreChanges: ["labels"], ...options }),
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
  const args: docker.ContainerArgs = {
    ...serviceArgs(stackName, model, service, image.healthcheck),
    image: image.id,
    labels: labelList({ ...service.labels, ...input.labels("container", service.name) }),
    networksAdvanced: Object.entries(service.networks).map(([name, attachment]) => ({
      name: networks.get(name)?.name ?? model.networks[name]?.external?.name ?? name,
      aliases: [...new Set([service.name, ...attachment.aliases])].sort(),
      ...(attachment.ipv4Address ? { ipv4Address: attachment.ipv4Address } : {}),
    })),
  };
  const { encrypted, options } = encryptSecrets(args, input.secrets);
  return new docker.Container(service.name, encrypted, {
    deleteBeforeReplace: true,
    ...options,
    dependsOn: dependencies(input, service, [remoteImage, ...mounted], containers),
  });
}

/** Resources that must be there first; where health is asked for, after it was seen. */
function dependencies(
  input: StackInput,
  service: Service,
  base: pulumi.Resource[],
  containers: Map<string, docker.Container>,
): pulumi.Input<pulumi.Resource>[] {
  const awaited = Object.entries(service.dependsOn).flatMap(
    ([name, { condition }]): pulumi.Input<pulumi.Resource>[] => {
      const container = containers.get(name);
      if (!container) return [];
      if (condition === "service_started" || pulumi.runtime.isDryRun()) return [container];
      return [
        container.id.apply(async (id) => {
          await input.awaitHealthy(name, id);
          return container;
        }),
      ];
    },
  );
  return [...base, ...awaited];
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

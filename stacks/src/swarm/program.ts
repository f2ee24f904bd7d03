import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type ComposeModel, dependencyOrder, type Service } from "@understudy/compose";
import { dependencies } from "../dependencies.ts";
import { encryptTexts } from "../encrypt-secrets.ts";
import { type Labels, labelList } from "../labels.ts";
import { notedTurns, onceItMay, type Turns, tellWhenMade } from "../turns.ts";
import { declareVolumes } from "../volumes.ts";
import { programWithWaits } from "../waits.ts";
import { type DeclaredFile, declareFiles } from "./declare-files.ts";
import type { FileKind } from "./files.ts";
import { declareOverlays, type Overlays } from "./networks.ts";
import { serviceMode } from "./placement.ts";
import { type SwarmImage, swarmServiceArgs } from "./service-args.ts";

export type { SwarmImage } from "./service-args.ts";

/** What a deploy to a swarm hands to the program. */
export interface SwarmInput {
  readonly stackName: string;
  readonly model: ComposeModel;
  readonly images: Readonly<Record<string, SwarmImage>>;
  /** Per service with a named volume: the id of the node that has it. */
  readonly pins: Readonly<Record<string, string>>;
  /** Ids of the networks that exist already (`external: true`), by their names: the provider asks for no network's id. */
  readonly networkIds: Readonly<Record<string, string>>;
  /** Of the swarm, where the state is to say so. */
  readonly engineId?: string | undefined;
  labels(kind: "service" | "network" | "volume" | FileKind, name: string): Labels;
  /** Services are to reach nobody outside the stack. */
  readonly closed: boolean;
  /** Values that must be encrypted in the state wherever they appear. */
  readonly secrets: readonly string[];
  /**
   * Resolves once a service runs as it was last said, and healthy. Not called in a preview. Asked once for every service,
   * before the program ends: files that only its former version mounts stay until then.
   */
  awaitHealthy(service: string, serviceId: string): Promise<void>;
  readonly turns?: Turns | undefined;
}

/** What a run declares services with. */
interface Declared {
  readonly networks: Overlays;
  readonly volumes: ReadonlyMap<string, docker.Volume>;
  readonly services: Map<string, docker.Service>;
  file(kind: FileKind, source: string): DeclaredFile;
}

/**
 * The merged compose model as Pulumi resources of a swarm: networks, volumes, configs, secrets and services, in the order of
 * depends_on. A service is changed in place, never replaced for a new version: so the swarm can exchange its replicas one
 * after another, and take it back by itself.
 */
export function swarmProgram(input: SwarmInput): pulumi.automation.PulumiFn {
  return programWithWaits((noted) => {
    const waits = new Map<string, Promise<void>>();
    const settle = noted((service: string, id: string) => input.awaitHealthy(service, id));
    const awaitHealthy = (service: string, id: string): Promise<void> => {
      const wait = waits.get(service) ?? settle(service, id);
      waits.set(service, wait);
      return wait;
    };
    const watched = { ...input, awaitHealthy, turns: input.turns && notedTurns(input.turns, noted) };
    const declared: Declared = {
      networks: declareOverlays(input),
      volumes: declareVolumes(input),
      services: new Map(),
      file: declareFiles(input),
    };
    for (const name of dependencyOrder(input.model)) {
      const service = input.model.services[name];
      if (!service) continue;
      const resource = declareService(watched, service, declared);
      declared.services.set(name, resource);
      // Whoever asks hears of a failure; here it is only begun.
      if (!pulumi.runtime.isDryRun()) resource.id.apply((id) => void awaitHealthy(name, id).catch(() => {}));
    }
    return async () => {
      await Promise.allSettled(waits.values());
    };
  }, input);
}

function declareService(input: SwarmInput, service: Service, declared: Declared): docker.Service {
  const { stackName, model, images, pins, closed, secrets } = input;
  const image = images[service.name];
  if (!image) throw new Error(`no image was resolved for service ${service.name}`);
  const args: docker.ServiceArgs = {
    ...swarmServiceArgs(stackName, model, service, {
      image,
      pin: pins[service.name],
      closed,
      network: declared.networks.id,
      file: declared.file,
    }),
    labels: labelList({ ...service.labels, ...input.labels("service", service.name) }),
  };
  const mounted = service.volumes.flatMap((mount) =>
    mount.type === "volume" ? (declared.volumes.get(mount.source) ?? []) : [],
  );
  const on = Object.keys(service.networks).flatMap((name) => declared.networks.owned.get(name) ?? []);
  const needed = [...on, ...mounted, ...dependencies(service, declared.services, input.awaitHealthy)];
  const resource = new docker.Service(service.name, encryptTexts(args, secrets), {
    deleteBeforeReplace: true,
    // A swarm does not turn one mode into the other.
    replacementTrigger: "global" in serviceMode(service) ? "global" : "replicated",
    // The engine does not remove a network that services are on; it is `dependsOn` that makes it wait until they are gone.
    replaceWith: on,
    // Machines say what an image runs on; labels are the service's, and its containers have them from it.
    ignoreChanges: ["taskSpec.placement.platforms", "taskSpec.containerSpec.labels"],
    additionalSecretOutputs: ["taskSpec"],
    dependsOn: onceItMay(input.turns, service.name, needed),
  });
  tellWhenMade(input.turns, service.name, resource);
  return resource;
}

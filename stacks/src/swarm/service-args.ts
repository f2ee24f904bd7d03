import type { ServiceArgs } from "@pulumi/docker";
import type { Input } from "@pulumi/pulumi";
import type { ComposeModel, Service } from "@understudy/compose";
import type { ImageHealthcheck, ImageStart } from "../container-args.ts";
import { containerName } from "../names.ts";
import { compact } from "../values.ts";
import { startedAlone } from "./alone.ts";
import { containerSpec } from "./container-spec.ts";
import { type FileKind, fileReferences } from "./files.ts";
import { placement, serviceMode } from "./placement.ts";
import { endpoint } from "./ports.ts";
import { refuseOnSwarm } from "./refusals.ts";
import { taskResources } from "./resources.ts";
import { restartPolicy } from "./restart-policy.ts";
import { updates } from "./updates.ts";

export interface SwarmImage {
  /** `sha256:…`; every machine has it already, and a swarm does not pull by id. */
  readonly id: string;
  /** `name@sha256:…` when it came from a registry; every machine can pull it. */
  readonly digest: string | undefined;
  readonly healthcheck: ImageHealthcheck | undefined;
  /** Undefined: not known, as the image is not there yet. */
  readonly start?: ImageStart | undefined;
}

/** What a service stands among. */
export interface Surroundings {
  readonly image: SwarmImage;
  /** Id of the node that has its volumes. */
  readonly pin: string | undefined;
  /** Services are to reach nobody outside the stack. */
  readonly closed: boolean;
  /** The swarm's id of a network, by its key in the model. */
  network(name: string): Input<string>;
  /** The swarm's id and name of a config or secret, by its key in the model. */
  file(kind: FileKind, source: string): { readonly id: Input<string>; readonly name: string };
}

/**
 * A compose service as the arguments of a service of a swarm, but its labels. Pure.
 * @throws UserError for what the compose model can say and a swarm cannot do
 */
export function swarmServiceArgs(
  stackName: string,
  model: ComposeModel,
  service: Service,
  { image, pin, closed, network, file }: Surroundings,
): Omit<ServiceArgs, "labels"> {
  refuseOnSwarm(service);
  const checked = service.healthcheck ? !service.healthcheck.disable : image.healthcheck !== undefined;
  return {
    name: containerName(stackName, service.name),
    mode: serviceMode(service),
    endpointSpec: endpoint(service),
    ...updates(service, checked),
    taskSpec: {
      containerSpec: {
        ...containerSpec(stackName, model, service, image.healthcheck, closed),
        ...startedAlone(model, service, image.start),
        ...fileReferences(service, file),
        image: image.digest ?? image.id,
      },
      networksAdvanceds: Object.entries(service.networks).map(([name, { aliases }]) => ({
        id: network(name),
        aliases: [...new Set([service.name, ...aliases])].sort(),
      })),
      placement: placement(service, pin),
      resources: taskResources(service),
      restartPolicy: restartPolicy(service),
      logDriver: compact({ name: service.logging?.driver ?? "json-file", options: service.logging?.options }),
    },
  };
}

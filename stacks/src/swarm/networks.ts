import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { UserError } from "@understudy/core";
import { labelList } from "../labels.ts";
import { networkName } from "../names.ts";
import { overlayArgs } from "./overlay-args.ts";
import type { SwarmInput } from "./program.ts";

export interface Overlays {
  /** By the network's key in the model; those that exist already are not among them. */
  readonly owned: ReadonlyMap<string, docker.Network>;
  /** The swarm's id of any network of the model. @throws UserError for one that should exist already and does not */
  id(name: string): pulumi.Input<string>;
}

/** Networks across the machines. */
export function declareOverlays({ stackName, model, labels, networkIds }: SwarmInput): Overlays {
  const owned = new Map(
    Object.entries(model.networks)
      .filter(([, network]) => !network.external)
      .map(([name, network]) => {
        const args = {
          name: networkName(stackName, name),
          ...overlayArgs(name, network),
          labels: labelList({ ...network.labels, ...labels("network", name) }),
        };
        return [name, new docker.Network(name, args, { deleteBeforeReplace: true, ignoreChanges: ["labels"] })];
      }),
  );
  const existing = (name: string): string => {
    const outside = model.networks[name]?.external?.name ?? name;
    const id = networkIds[outside];
    if (id) return id;
    throw new UserError(`network ${name}: the swarm has no network ${outside}`, {
      next: `Create it: docker network create --driver overlay --attachable ${outside}`,
    });
  };
  return { owned, id: (name) => owned.get(name)?.id ?? existing(name) };
}

import type { types } from "@pulumi/docker";
import type { Service } from "@understudy/compose";
import { ingressLabel, UserError } from "@understudy/core";
import { isEdge, isStateful, whyAlone } from "./nature.ts";

/** The label of a machine that requests come in at. */
export const ingressConstraint = `node.labels.${ingressLabel} == true`;

/** How many of a service run: one on each machine that requests come in at if it is the edge, else as many as it says, or one. Pure. */
export function serviceMode(service: Service): types.input.ServiceMode {
  const { replicas, deploy } = service;
  const mode = deploy?.mode;
  const everywhere = mode === "global" || (mode === undefined && replicas === undefined && isEdge(service));
  refuseSeveral(service, everywhere);
  return everywhere ? { global: true } : { replicated: { replicas: replicas ?? 1 } };
}

/**
 * Which machines a service may run on. What keeps data runs where its volume is. Pure.
 * @param pin id of that node
 * @throws UserError for preferences of which the provider would not keep the order
 */
export function placement(service: Service, pin: string | undefined): types.input.ServiceTaskSpecPlacement {
  const { constraints = [], spread = [], maxReplicasPerNode = 0 } = service.deploy?.placement ?? {};
  if (isStateful(service) && !pin) throw new Error(`no node was chosen for the volume of service ${service.name}`);
  if (spread.length > 1) {
    throw new UserError(`service ${service.name}: deploy.placement.preferences are ${spread.join(", ")}`, {
      next: "The Docker provider does not keep their order; say one",
    });
  }
  const own = [
    ...(pin ? [`node.id == ${pin}`] : []),
    ...(isEdge(service) && !constraints.length ? [ingressConstraint] : []),
  ];
  return { constraints: [...own, ...constraints], prefs: spread, maxReplicas: maxReplicasPerNode };
}

function refuseSeveral(service: Service, everywhere: boolean): void {
  const { replicas = 1 } = service;
  if (!everywhere && replicas <= 1) return;
  const why = isStateful(service) ? "its named volume is on one machine, so it runs once" : whyAlone(service);
  if (!why) return;
  throw new UserError(
    `service ${service.name}: deploy.${everywhere ? "mode is global" : `replicas is ${replicas}`}, but ${why}`,
    { next: "Leave it out" },
  );
}

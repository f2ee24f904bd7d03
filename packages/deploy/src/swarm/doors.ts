import type { FleetNode } from "@understudy/core";

/** The machines at which requests come in now. Pure. */
export function doorsOf(nodes: readonly FleetNode[]): FleetNode[] {
  return nodes.filter(({ ingress, state, availability }) => ingress && state === "ready" && availability === "active");
}

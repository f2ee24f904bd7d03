import type { Environment } from "@understudy/core";
import type { Target } from "./target.ts";

/** Where an environment runs, and what of its settings goes with the place. */
export type Whereabouts = Pick<Environment, (typeof fields)[number]>;

const fields = ["engine", "host", "sshOptions", "nodes", "bind", "bindAddress", "portOffset"] as const;

export function whereaboutsOf(environment: Environment): Whereabouts {
  const { engine, host, sshOptions, nodes, bind, bindAddress, portOffset } = environment;
  return { engine, host, sshOptions, nodes, bind, bindAddress, portOffset };
}

/** The same environment at another place than its settings say. Pure. */
export function atPlace(target: Target, place: Whereabouts): Target {
  // What was read from a file lacks what is undefined.
  const nowhere = { nodes: undefined, bind: undefined };
  return { ...target, environment: { ...target.environment, ...nowhere, ...place } };
}

/** For people: `ssh://deploy@m1`, or `the swarm of ssh://deploy@m1, ssh://deploy@m2`. Pure. */
export function placeInWords({ engine, host, nodes }: Whereabouts): string {
  return engine === "swarm" ? `the swarm of ${(nodes ?? []).map((node) => node.host).join(", ")}` : host;
}

/** Whether both are one host, or both a swarm: its machines may come and go. Pure. */
export function isSamePlace(a: Whereabouts, b: Whereabouts): boolean {
  return a.engine === b.engine && (a.engine === "swarm" || a.host === b.host);
}

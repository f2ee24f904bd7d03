import type { SwarmMember } from "./nodes-of-swarm.ts";
import type { KnownMachine } from "./plan-form.ts";

/** For tests: a machine `m<number>` in no swarm yet. */
export function machine(
  number: number,
  wanted: Partial<KnownMachine["wanted"]> = {},
  found: Partial<KnownMachine> = {},
): KnownMachine {
  return {
    wanted: { host: `ssh://m${number}`, sshOptions: [], role: "worker", ingress: false, ...wanted },
    engineId: `engine-${number}`,
    version: "20.10.24",
    hostName: `m${number}`,
    clockAhead: 0,
    standing: { state: "none" },
    address: `192.0.2.${number}`,
    own: [`192.0.2.${number}`],
    ...found,
  };
}

/** For tests: what a machine is once it is in the swarm. */
export function standing(number: number, role: "manager" | "worker"): Pick<KnownMachine, "standing"> {
  const node = { nodeId: `node-${number}`, address: `192.0.2.${number}` };
  return { standing: role === "worker" ? { state: role, ...node } : { state: role, ...node, swarmId: "swarm" } };
}

/** For tests: its node, as managers see it. */
export function member(number: number, different: Partial<SwarmMember> = {}): SwarmMember {
  return {
    id: `node-${number}`,
    name: `m${number}`,
    role: "worker",
    roleNow: different.role ?? "worker",
    state: "ready",
    availability: "active",
    leader: false,
    reachable: different.role === "manager",
    address: `192.0.2.${number}`,
    ingress: false,
    ...different,
  };
}

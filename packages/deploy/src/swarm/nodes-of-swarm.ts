import { type Engine, ingressLabel, messageOf, UserError } from "@understudy/core";
import type { Machines } from "./connect-machines.ts";
import type { SwarmInfo } from "./machine.ts";

/** A node as the swarm's managers see it. */
export interface SwarmMember {
  readonly id: string;
  readonly name: string;
  readonly role: "manager" | "worker";
  /** What its role will be once it has heard of it. */
  readonly roleNow: "manager" | "worker";
  readonly state: "ready" | "down" | "unknown" | "disconnected";
  readonly availability: "active" | "pause" | "drain";
  readonly leader: boolean;
  /** Of a manager: whether the others reach it. */
  readonly reachable: boolean;
  readonly address: string;
  readonly ingress: boolean;
}

/** What the engine's `GET /nodes` says, as far as it is read here. */
interface NodeAnswer {
  readonly ID: string;
  readonly Description: { readonly Hostname: string };
  readonly Spec: {
    readonly Role: "manager" | "worker";
    readonly Availability: "active" | "pause" | "drain";
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly Status: { readonly State: SwarmMember["state"]; readonly Addr: string };
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability: string; readonly Addr: string };
}

/** A machine that manages the swarm, and all nodes as it sees them. */
export interface SwarmView {
  readonly manager: Engine;
  readonly members: readonly SwarmMember[];
}

/** The swarm as the first machine sees it, in the settings' order, that manages one with a leader; undefined: none does. */
export async function viewSwarm({ nodes, engineOf }: Machines): Promise<SwarmView | undefined> {
  for (const { host } of nodes) {
    const manager = engineOf(host);
    const { ControlAvailable } = (await manager.docker.info()).Swarm as SwarmInfo;
    const members = ControlAvailable ? await membersOf(manager) : undefined;
    if (members) return { manager, members };
  }
  return undefined;
}

/** @throws UserError where nobody leads it, as while managers come and go */
export async function mustView(machines: Machines): Promise<SwarmView> {
  const view = await viewSwarm(machines);
  if (view) return view;
  throw new UserError("The swarm has no leader now", { next: "Run the same command again" });
}

/** Every node; undefined while the swarm has no leader, which an engine's `info` tells only after a while. */
async function membersOf(manager: Engine): Promise<SwarmMember[] | undefined> {
  try {
    return ((await manager.docker.listNodes()) as NodeAnswer[]).map(readNode);
  } catch (error) {
    if (/not have a leader|not a swarm manager/.test(messageOf(error))) return undefined;
    throw error;
  }
}

function readNode({ ID, Description, Spec, Status, ManagerStatus }: NodeAnswer): SwarmMember {
  return {
    id: ID,
    name: Description.Hostname,
    role: Spec.Role,
    roleNow: ManagerStatus ? "manager" : "worker",
    state: Status.State,
    availability: Spec.Availability,
    leader: ManagerStatus?.Leader ?? false,
    reachable: ManagerStatus?.Reachability === "reachable",
    // Of the manager itself, `Status` has 0.0.0.0 in some engines.
    address: ManagerStatus?.Addr.replace(/:\d+$/, "") ?? Status.Addr,
    ingress: Spec.Labels?.[ingressLabel] === "true",
  };
}

import type { Engine } from "@understudy/core";
import type { Machines } from "./connect-machines.ts";
import type { SwarmInfo } from "./machine.ts";

/** The label by which the edge finds its machines. */
export const ingressLabel = "understudy.ingress";

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

/** Every node, through any manager. */
export async function membersOf(manager: Engine): Promise<SwarmMember[]> {
  const nodes = (await manager.docker.listNodes()) as NodeAnswer[];
  return nodes.map(({ ID, Description, Spec, Status, ManagerStatus }) => ({
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
  }));
}

/** Any machine that manages the swarm now; the settings' order decides. */
export async function managerOf({ nodes, engineOf }: Machines): Promise<Engine | undefined> {
  for (const { host } of nodes) {
    const { ControlAvailable, Cluster } = (await engineOf(host).docker.info()).Swarm as SwarmInfo;
    if (ControlAvailable && Cluster) return engineOf(host);
  }
  return undefined;
}

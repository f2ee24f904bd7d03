import { isIP } from "node:net";
import type { SwarmNode } from "@understudy/core";

/** One machine that the settings name, as its engine tells of it. */
export interface Machine {
  readonly wanted: SwarmNode;
  /** What tells engines apart, whatever they are reached by. */
  readonly engineId: string;
  readonly version: string;
  /** As the swarm shows it. */
  readonly hostName: string;
  /** How far its clock is ahead of this one's, ms. */
  readonly clockAhead: number;
  readonly standing: Standing;
}

/** What a machine is in a swarm. */
export type Standing =
  | { readonly state: "none" }
  /** It tried to join one and never did: nothing of it is anywhere. */
  | { readonly state: "stranded" }
  | { readonly state: "worker"; readonly nodeId: string; readonly address: string }
  | { readonly state: "manager"; readonly nodeId: string; readonly address: string; readonly swarmId: string }
  /** It is a node and cannot be asked: locked, starting, without a leader. */
  | { readonly state: "blocked"; readonly said: string; readonly next: string };

/** Half of its managers or more are away. */
export const leaderless = {
  said: "a swarm that has no leader",
  next: "Bring back enough of its managers that more than half of them run",
};

/** `Swarm` of the engine's `GET /info`. */
export interface SwarmInfo {
  readonly LocalNodeState: "" | "inactive" | "pending" | "active" | "error" | "locked";
  readonly ControlAvailable: boolean;
  readonly NodeID: string;
  readonly NodeAddr: string;
  readonly Error?: string;
  readonly Cluster?: { readonly ID: string } | null;
}

/** What an engine says of itself, read. */
export function standingOf(info: SwarmInfo): Standing {
  const { LocalNodeState: state, NodeID: nodeId, NodeAddr: address } = info;
  if (state === "" || state === "inactive") return { state: "none" };
  if (state === "locked") {
    return { state: "blocked", said: "is locked", next: "There: docker swarm unlock, with the swarm's unlock key" };
  }
  if (state !== "active" && !nodeId) return { state: "stranded" };
  if (state === "active" && !info.ControlAvailable) return { state: "worker", nodeId, address };
  if (state === "active" && info.Cluster?.ID) return { state: "manager", nodeId, address, swarmId: info.Cluster.ID };
  if (state === "active") {
    return { state: "blocked", said: `manages ${leaderless.said}${because(info.Error)}`, next: leaderless.next };
  }
  return {
    state: "blocked",
    said: `is a node whose swarm it cannot reach${because(info.Error)}`,
    next: "Wait until it has started, or look at its engine's log",
  };
}

/** The name by which a machine's host is written; undefined for a socket. */
export function hostNameIn(host: string): string | undefined {
  return URL.parse(host)?.hostname.replace(/^\[(.*)\]$/, "$1") || undefined;
}

/** What the others reach it by, as far as the settings say it themselves. */
export function settledAddress({ address, host }: SwarmNode): string | undefined {
  const name = hostNameIn(host);
  return address ?? (name && isIP(name) ? name : undefined);
}

function because(error: string | undefined): string {
  return error ? ` (${error.trim()})` : "";
}

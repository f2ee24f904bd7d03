import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "@understudy/core";
import { type Machines, readMachines } from "./connect-machines.ts";
import type { Footholds } from "./examine-machines.ts";
import type { Machine } from "./machine.ts";
import { type SwarmMember, viewSwarm } from "./nodes-of-swarm.ts";
import { gossipPort, portsWords } from "./ports.ts";

/** How long a node may take to be what it was told to be, ms. */
const settleTime = 60_000;

/** A machine and the node that it is. */
export interface VerifiedMachine {
  readonly machine: Machine;
  readonly member: SwarmMember;
}

/**
 * Wait until the managers see every machine as it should be, then ask each machine for each other.
 * @throws UserError that names the first that is not, and what it is
 */
export async function verifyForm(
  machines: Machines,
  footholds: Footholds,
): Promise<{ verified: ReadonlyMap<string, VerifiedMachine>; members: readonly SwarmMember[] }> {
  for (const deadline = Date.now() + settleTime; ; await sleep(500)) {
    const [read, view] = await Promise.all([readMachines(machines), viewSwarm(machines)]);
    const members = view?.members ?? [];
    const verified = read.flatMap((machine) => {
      const { standing } = machine;
      const member = members.find(({ id }) => "nodeId" in standing && id === standing.nodeId);
      return member ? [{ machine, member }] : [];
    });
    const amiss = read.flatMap((machine) => amissIn(machine, verified.find((one) => one.machine === machine)?.member));
    if (amiss[0] && Date.now() < deadline) continue;
    if (amiss[0]) throw new UserError(amiss[0], { next: "Run the same command again, or look at its engine's log" });
    await refuseDeaf(verified, footholds);
    return { verified: new Map(verified.map((one) => [one.machine.wanted.host, one])), members };
  }
}

function amissIn({ wanted }: Machine, member: SwarmMember | undefined): string[] {
  if (!member) return [`${wanted.host} is no node of the swarm`];
  if (member.state !== "ready") return [`${wanted.host} (node ${member.name}) is ${member.state}`];
  if (member.roleNow !== wanted.role) return [`${wanted.host} (node ${member.name}) is still a ${member.roleNow}`];
  if (wanted.role === "manager" && !member.reachable) return [`The managers do not reach ${wanted.host}`];
  return [];
}

/** Managers see all nodes; nodes that do not hear each other have networks that end at the machine. */
async function refuseDeaf(verified: readonly VerifiedMachine[], footholds: Footholds): Promise<void> {
  const pairs = verified.flatMap((from) => verified.filter((to) => to !== from).map((to) => ({ from, to })));
  const deaf = await Promise.all(
    pairs.map(async ({ from, to }) => {
      const heard = await footholds.get(from.machine.wanted.host)?.reaches(to.member.address, gossipPort);
      return heard === false
        ? `${from.machine.wanted.host} does not reach ${to.machine.wanted.host} at ${to.member.address}, port ${gossipPort}`
        : undefined;
    }),
  );
  const first = deaf.find((one) => one !== undefined);
  if (first)
    throw new UserError(first, {
      next: `Let ${portsWords} through between all machines, then run the same command again`,
    });
}

import { type Engine, secrets, statusOf, UserError } from "@understudy/core";
import type { Machines } from "./connect-machines.ts";
import type { Footholds } from "./examine-machines.ts";
import { mustView, type SwarmMember } from "./nodes-of-swarm.ts";
import type { FormStep } from "./plan-form.ts";
import { listenOn, portsWords, swarmPort } from "./ports.ts";
import { wordsOf } from "./words-of.ts";

/**
 * Let a machine join the swarm that another one manages. The token goes from engine to engine through our memory only.
 * @throws UserError in the engine's own words; the machine is in no swarm then
 */
export async function joinSwarm(
  step: Extract<FormStep, { kind: "join" }>,
  machines: Machines,
  footholds: Footholds,
): Promise<void> {
  const { host, role, address, leave } = step;
  const engine = machines.engineOf(host);
  const { manager, members } = await mustView(machines);
  const managers = await managersAt(manager, members);
  for (const one of managers) await refuseBlocked(host, one, footholds);
  if (leave) await engine.docker.swarmLeave({ force: true });
  const { JoinTokens: tokens } = (await manager.docker.swarmInspect()) as { JoinTokens: Record<string, string> };
  secrets.add(Object.values(tokens));
  const request = { ListenAddr: listenOn(address), AdvertiseAddr: address, RemoteAddrs: managers };
  try {
    await engine.docker.swarmJoin({ ...request, JoinToken: tokens[role === "manager" ? "Manager" : "Worker"] });
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    // It would go on trying behind our back.
    await engine.docker.swarmLeave({ force: true }).catch(() => {});
    await forgetAttempt(machines, (await engine.docker.info()).Name, members);
    throw new UserError(`${host} could not join the swarm: ${wordsOf(error)}`, {
      next: `Let ${portsWords} through between all machines, then run the same command again`,
      cause: error,
    });
  }
}

/** A machine that was let in and then could not be reached stays listed as a node. Those that were there before are not touched. */
async function forgetAttempt(machines: Machines, name: string, before: readonly SwarmMember[]): Promise<void> {
  const { manager, members } = await mustView(machines);
  const known = new Set(before.map(({ id }) => id));
  for (const member of members) {
    if (member.name !== name || known.has(member.id)) continue;
    await manager.docker.getNode(member.id).remove({ force: true });
  }
}

/** Said before the engine tries for twenty seconds, and then says only that time is up. */
async function refuseBlocked(host: string, manager: string, footholds: Footholds): Promise<void> {
  const address = manager.slice(0, manager.lastIndexOf(":")).replace(/^\[(.*)\]$/, "$1");
  if ((await footholds.get(host)?.reaches(address, swarmPort)) !== false) return;
  throw new UserError(`${host} does not reach the manager at ${manager}`, {
    next: `Let ${portsWords} through between all machines, then run the same command again`,
  });
}

/** Where the managers are that run now. */
async function managersAt({ docker }: Engine, members: readonly SwarmMember[]): Promise<string[]> {
  const running = new Set(members.filter(({ reachable }) => reachable).map(({ id }) => id));
  const { RemoteManagers } = (await docker.info()).Swarm as { RemoteManagers: { NodeID: string; Addr: string }[] };
  return RemoteManagers.filter(({ NodeID }) => running.has(NodeID)).map(({ Addr }) => Addr);
}

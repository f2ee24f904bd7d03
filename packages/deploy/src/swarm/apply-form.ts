import { type Engine, messageOf, secrets, statusOf, UserError } from "@understudy/core";
import type { Machines } from "./connect-machines.ts";
import type { Footholds } from "./examine-machines.ts";
import type { SwarmInfo } from "./machine.ts";
import { ingressLabel, managerOf } from "./nodes-of-swarm.ts";
import type { FormStep } from "./plan-form.ts";

/** Between all machines of a swarm. */
export const portsWords = "TCP 2377, TCP and UDP 7946 and UDP 4789";
const swarmPort = 2377;

type Of<Kind extends FormStep["kind"]> = Extract<FormStep, { kind: Kind }>;

/** Carry one step out. Each can be done again. @throws UserError */
export async function applyFormStep(step: FormStep, machines: Machines, footholds: Footholds): Promise<void> {
  switch (step.kind) {
    case "init":
      return await init(step, machines);
    case "join":
      return await join(step, machines, footholds);
    case "role":
      return await change(step.host, machines, (spec) => ({ ...spec, Role: step.role }));
    case "ingress":
      return await change(step.host, machines, (spec) => ({ ...spec, Labels: labels(spec, step.ingress) }));
    case "activate":
      return await change(step.host, machines, (spec) => ({ ...spec, Availability: "active" }));
  }
}

async function init({ host, address, pool }: Of<"init">, { engineOf }: Machines): Promise<void> {
  await engineOf(host).docker.swarmInit({
    ListenAddr: listenOn(address),
    AdvertiseAddr: address,
    ...(pool ? { DefaultAddrPool: [pool], SubnetSize: 24 } : {}),
  });
}

async function join(step: Of<"join">, machines: Machines, footholds: Footholds): Promise<void> {
  const { host, role, address, leave } = step;
  const engine = machines.engineOf(host);
  const manager = await someManager(machines);
  const managers = await addressesOf(manager);
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
    throw new UserError(`${host} could not join the swarm: ${messageOf(error)}`, {
      next: `Let ${portsWords} through between all machines, then run the same command again`,
      cause: error,
    });
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

async function addressesOf({ docker }: Engine): Promise<string[]> {
  const { RemoteManagers } = (await docker.info()).Swarm as { RemoteManagers: { Addr: string }[] };
  return RemoteManagers.map(({ Addr }) => Addr);
}

interface NodeSpec {
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** Change a node's settings; one that somebody else changed meanwhile is read again. */
async function change(host: string, machines: Machines, make: (spec: NodeSpec) => object): Promise<void> {
  const { NodeID: id } = (await machines.engineOf(host).docker.info()).Swarm as SwarmInfo;
  for (let attempt = 1; ; attempt++) {
    const node = (await someManager(machines)).docker.getNode(id);
    const { Spec, Version } = (await node.inspect()) as { Spec: NodeSpec; Version: { Index: number } };
    try {
      await node.update({ version: Version.Index, ...make(Spec) });
      return;
    } catch (error) {
      if (attempt === 5 || !/out of sequence/.test(messageOf(error))) throw error;
    }
  }
}

function labels({ Labels }: NodeSpec, ingress: boolean): Record<string, string> {
  const { [ingressLabel]: _, ...others } = Labels ?? {};
  return ingress ? { ...others, [ingressLabel]: "true" } : others;
}

async function someManager(machines: Machines): Promise<Engine> {
  const manager = await managerOf(machines);
  if (manager) return manager;
  throw new UserError("No named machine manages the swarm any more", { next: "Run the same command again" });
}

/** On every address: others may reach it by one that it does not know of. */
function listenOn(address: string | undefined): string {
  return address?.includes(":") ? `[::]:${swarmPort}` : `0.0.0.0:${swarmPort}`;
}

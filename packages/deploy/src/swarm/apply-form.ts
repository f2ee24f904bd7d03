import { ingressLabel, messageOf, statusOf, UserError } from "@understudy/core";
import type { Machines } from "./connect-machines.ts";
import type { Footholds } from "./examine-machines.ts";
import { joinSwarm } from "./join-swarm.ts";
import type { SwarmInfo } from "./machine.ts";
import { mustView } from "./nodes-of-swarm.ts";
import { type FormStep, stepLine } from "./plan-form.ts";
import { listenOn } from "./ports.ts";
import { wordsOf } from "./words-of.ts";

type Of<Kind extends FormStep["kind"]> = Extract<FormStep, { kind: Kind }>;

/** Carry one step out. Each can be done again. @throws UserError in the engine's own words */
export async function applyFormStep(step: FormStep, machines: Machines, footholds: Footholds): Promise<void> {
  try {
    await apply(step, machines, footholds);
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    const next = "Mend what it says, then run the same command again";
    throw new UserError(`${stepLine(step)}: refused: ${wordsOf(error)}`, { next, cause: error });
  }
}

async function apply(step: FormStep, machines: Machines, footholds: Footholds): Promise<void> {
  switch (step.kind) {
    case "init":
      return await init(step, machines);
    case "join":
      return await joinSwarm(step, machines, footholds);
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

interface NodeSpec {
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** Change a node's settings; one that somebody else changed meanwhile is read again. */
async function change(host: string, machines: Machines, make: (spec: NodeSpec) => object): Promise<void> {
  const { NodeID: id } = (await machines.engineOf(host).docker.info()).Swarm as SwarmInfo;
  for (let attempt = 1; ; attempt++) {
    const node = (await mustView(machines)).manager.docker.getNode(id);
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

import type { Engine, SwarmNode } from "@understudy/core";
import { ensureToolbox } from "../images/acquire.ts";
import type { Machines } from "./connect-machines.ts";
import { type Foothold, openFoothold } from "./foothold.ts";
import type { KernelFeatures } from "./kernel.ts";
import { hostNameIn, type Machine, settledAddress } from "./machine.ts";
import type { KnownMachine } from "./plan-form.ts";

/** A machine, and what was found out on it. */
export interface ExaminedMachine extends KnownMachine {
  readonly kernel: KernelFeatures;
}

/** A foothold on each machine, by host. */
export type Footholds = Map<string, Foothold>;

/**
 * Open the footholds that are not open yet.
 * @param bring whether a machine that lacks the toolbox image is given it; else it is left out
 */
export async function openFootholds(
  footholds: Footholds,
  machines: Machines,
  { environment, bring, say, stack }: FootholdOptions,
): Promise<void> {
  const open = async ({ host }: SwarmNode) => {
    const engine = machines.engineOf(host);
    const toolbox = bring
      ? await ensureToolbox(engine, (line) => say(`${host}: ${line}`))
      : await presentToolbox(engine);
    if (toolbox) footholds.set(host, stack.use(await openFoothold(engine, environment, toolbox)));
  };
  const [first, ...others] = machines.nodes.filter(({ host }) => !footholds.has(host));
  // What has to be built is built once.
  if (first) await open(first);
  await Promise.all(others.map(open));
}

export interface FootholdOptions {
  readonly environment: string;
  readonly bring: boolean;
  readonly say: (line: string) => void;
  /** Closes them. */
  readonly stack: AsyncDisposableStack;
}

/** Look at every machine from within, where there is a foothold. */
export function examineMachines(machines: readonly Machine[], footholds: Footholds): Promise<ExaminedMachine[]> {
  return Promise.all(
    machines.map(async (machine) => {
      const foothold = footholds.get(machine.wanted.host);
      const settled = settledAddress(machine.wanted);
      const kernel = (await foothold?.kernel()) ?? { vxlan: undefined, ipvs: undefined };
      const address = settled ?? (await foothold?.resolve(hostNameIn(machine.wanted.host) ?? ""));
      return { ...machine, kernel, own: (await foothold?.addresses()) ?? [], ...(address ? { address } : {}) };
    }),
  );
}

async function presentToolbox({ docker }: Engine): Promise<string | undefined> {
  const [image] = await docker.listImages({ filters: { reference: ["understudy/toolbox"] } });
  return image?.RepoTags?.[0];
}

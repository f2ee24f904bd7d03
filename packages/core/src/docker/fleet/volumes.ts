import { bodyOf, type Exchange, handOn, say } from "./exchange.ts";
import type { Fleet } from "./fleet.ts";
import { type Machine, MachineAway } from "./machine.ts";
import { besideVolume } from "./places.ts";
import { hasLabel, readFilters } from "./view.ts";

interface Volume {
  readonly Name: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** A volume, and the node ID of the machine that it is on. */
export interface PlacedVolume {
  readonly node: string;
  readonly machine: Machine;
  readonly volume: Volume;
}

export interface Volumes {
  /** By name; of several on which no service decides, the first. */
  readonly found: ReadonlyMap<string, PlacedVolume>;
  /** Each of every machine. */
  readonly everywhere: readonly PlacedVolume[];
  /** What other machines have under the name of one that a service is pinned to: it is from before, and nothing uses it. */
  readonly older: readonly PlacedVolume[];
  /** Names that several machines have, and no service says whose counts. */
  readonly disputed: ReadonlyMap<string, readonly PlacedVolume[]>;
  /** The node ID of each volume that a service is pinned to, whether its machine answers or not. */
  readonly pinned: ReadonlyMap<string, string>;
}

/** The volumes of all machines that answer. Where a name is on several, the machine that the service is pinned to has the data. */
export async function volumesOf(fleet: Fleet): Promise<Volumes> {
  const [pinned, answers] = await Promise.all([fleet.pinned(), fleet.askAll<{ Volumes: Volume[] | null }>("/volumes")]);
  const placed = answers.flatMap(({ machine, said }) =>
    (said.Volumes ?? []).map((volume): PlacedVolume => ({ node: machine.nodeId ?? "", machine, volume })),
  );
  return { ...tellApart(placed, pinned), everywhere: placed, pinned };
}

/** Which of several volumes of one name counts. Pure. */
export function tellApart<V extends Pick<PlacedVolume, "node" | "volume">>(
  placed: readonly V[],
  pinned: ReadonlyMap<string, string>,
): { found: Map<string, V>; older: V[]; disputed: Map<string, V[]> } {
  const isOlder = ({ node, volume }: V) => (pinned.get(volume.Name) ?? node) !== node;
  const byName = Map.groupBy(
    placed.filter((one) => !isOlder(one)),
    ({ volume }) => volume.Name,
  );
  return {
    found: new Map([...byName].flatMap(([name, [first]]) => (first ? [[name, first] as const] : []))),
    older: placed.filter(isOlder),
    disputed: new Map([...byName].filter(([, those]) => those.length > 1)),
  };
}

export async function listVolumes(fleet: Fleet, exchange: Exchange): Promise<void> {
  const { label: labels = [], name: names = [] } = readFilters(exchange.query.get("filters"));
  const isWanted = ({ Name, Labels }: Volume) =>
    names.every((name) => Name.includes(name)) && labels.every((wanted) => hasLabel(Labels ?? {}, wanted));
  const Volumes = [...(await volumesOf(fleet)).found.values()].map(({ volume }) => volume).filter(isWanted);
  say(exchange, 200, { Volumes, Warnings: null });
}

/** Where its service is pinned, or is going to be; else beside the volume whose name its own begins with. */
export async function createVolume(fleet: Fleet, exchange: Exchange): Promise<void> {
  const body = ((await bodyOf<{ Name?: string }>(exchange)) ?? {}) as { Name?: string };
  const { Name = "" } = body;
  const { found: known, pinned } = await volumesOf(fleet);
  const beside = besideVolume(Name, [...known.keys(), ...pinned.keys()]) ?? "";
  const node =
    pinned.get(Name) ?? known.get(Name)?.node ?? fleet.pinOfNew(Name) ?? pinned.get(beside) ?? known.get(beside)?.node;
  await handOn(exchange, node ? fleet.machine(node) : await fleet.leader(), { body });
}

export async function oneVolume(fleet: Fleet, exchange: Exchange, name: string): Promise<void> {
  const { found, everywhere, pinned } = await volumesOf(fleet);
  const placed = found.get(name);
  // Removed on one machine only, what another has from before would be the data of the next deploy.
  if (placed && exchange.method === "DELETE") {
    for (const one of everywhere) if (one.volume.Name === name && one !== placed) await remove(one);
  }
  if (placed) return void (await handOn(exchange, placed.machine));
  const home = pinned.get(name);
  // It is not gone because its machine is.
  if (home) throw isAway(fleet, name, home);
  if (exchange.method === "GET") refuseUnlessGone(fleet, name);
  say(exchange, 404, { message: `get ${name}: no such volume` });
}

/** @throws MachineAway for a volume that was found nowhere, while a machine that may have it is away */
export function refuseUnlessGone(fleet: Fleet, volume: string): void {
  const silent = fleet.machines.find(({ away }) => away);
  if (silent) throw new MachineAway(silent.host, `${silent.away}; volume ${volume} may be there`);
}

async function remove({ machine, volume }: PlacedVolume): Promise<void> {
  await machine.ask(`/volumes/${encodeURIComponent(volume.Name)}`, { method: "DELETE" });
}

function isAway(fleet: Fleet, volume: string, node: string): Error {
  const machine = fleet.machines.find(({ nodeId }) => nodeId === node);
  const why = machine?.away ? ` (${machine.away})` : "";
  const message = `The data volume ${volume} is on ${machine?.host ?? `node ${node}`}, which does not answer${why}`;
  return Object.assign(new Error(message), { statusCode: 503 });
}

import { type Engine, type Fleet, UserError } from "@understudy/core";
import { VolumeBox } from "@understudy/data";
import {
  atPlace,
  type DesiredStack,
  desiredStack,
  type Journey,
  type Recorded,
  recordedDeployment,
  type Snapshot,
  serviceOf,
  type Target,
  takeSnapshot,
  type Whereabouts,
} from "@understudy/environment";
import { refuseUndeployable } from "@understudy/stacks/check";
import { existingVolumes, ownedVolumes } from "../live/missing-volumes.ts";
import { roomOn } from "../preflight/space.ts";
import { leftOutLines } from "../report/left-out-lines.ts";
import { chooseDataNode } from "../swarm/data-node.ts";
import type { Ground } from "./ground.ts";
import type { MovedVolume, MoveFacts } from "./plan-move.ts";

/** What is to move, as it was recorded, at one of its places. @throws UserError when nothing was recorded */
export function recordedAtPlace(target: Target, place: Whereabouts): Recorded {
  const recorded = recordedDeployment(target);
  if (!recorded)
    throw new UserError(`${target.environment.name} is not deployed`, { next: "There is nothing to move" });
  return { ...recorded, target: atPlace(recorded.target, place) };
}

/** The stack as it was recorded, with what one of its places makes of it. */
export async function modelAt(target: Target, place: Whereabouts): Promise<DesiredStack> {
  const recorded = recordedAtPlace(target, place);
  return await desiredStack(recorded.target, recorded.profile);
}

export interface Looked extends MoveFacts {
  /** ID of the node of the swarm that will have the data; undefined: it goes to one host. */
  readonly homeNode: string | undefined;
}

/** Look at both ends, before anything is stopped. Changes nothing. @throws UserError for what the new place cannot run */
export async function lookAround(target: Target, journey: Journey, { from, to, node }: Ground): Promise<Looked> {
  const { release } = recordedAtPlace(target, from.place);
  const old = await modelAt(target, from.place);
  const wanted = await modelAt(target, to.place);
  refuseUndeployable(wanted.environment.engine, wanted.environment.stackName, wanted.model);
  const { stackName } = old.environment;
  const names = await existingVolumes(from.engine, ownedVolumes(stackName, old.model));
  const volumes = await measureVolumes(from.engine, stackName, names);
  const snapshot = await takeSnapshot(from.engine, stackName);
  const fleet = to.engine.fleet ?? from.engine.fleet;
  if (!fleet) throw new Error("neither end is a swarm");
  const holders = await holdersOf(fleet, names);
  const homeNode = await homeOf(to.engine.fleet, wanted, node, names);
  const dataNode = from.engine.fleet ? (await fleet.volumeNodes()).get(names[0] ?? "")?.[0] : node;
  const isStray = (id: string) => (dataNode ? id !== dataNode : false);
  const inTheWay = node ? [] : await existingVolumes(to.engine, names);
  return {
    environment: target.environment.name,
    ...{ journey, release: release.id, volumes, homeNode },
    stopped: stoppedServices(old, snapshot),
    services: Object.keys(old.model.services).sort(),
    external: Object.entries(old.model.volumes).flatMap(([name, { external }]) => (external ? [name] : [])),
    isOneMachine: node !== undefined,
    dataOn: await nameOf(fleet, dataNode, from.place.host),
    home: await nameOf(fleet, node ?? homeNode, to.place.host),
    strays: await Promise.all(holders.filter(isStray).map((id) => nameOf(fleet, id, id))),
    inTheWay: inTheWay.filter((name) => !journey.stale.includes(name)),
    room: node ? Number.POSITIVE_INFINITY : await roomOn(to.engine, homeNode),
    architecture: { from: await architectureOf(from.engine), to: await architectureOf(to.engine) },
    leftOut: to.engine.fleet ? leftOutLines(wanted.model) : [],
  };
}

/** The machine that will have the data. What lies about on others under the same names does not count: it is refused. */
async function homeOf(
  fleet: Fleet | undefined,
  wanted: DesiredStack,
  node: string | undefined,
  names: readonly string[],
) {
  if (!fleet) return undefined;
  const { nodes } = await fleet.look();
  const volumes = new Map(node ? names.map((name) => [name, [node]] as const) : []);
  return chooseDataNode({ stackName: wanted.environment.stackName, model: wanted.model, nodes, volumes });
}

/** Node IDs of the machines of the swarm that have volumes of these names. */
async function holdersOf(fleet: Fleet, names: readonly string[]): Promise<string[]> {
  const answers = await fleet.askAll<{ Volumes: { Name: string }[] | null }>("/volumes");
  const holding = answers.filter(({ said }) => (said.Volumes ?? []).some(({ Name }) => names.includes(Name)));
  return holding.flatMap(({ machine }) => machine.nodeId ?? []);
}

async function nameOf(fleet: Fleet, node: string | undefined, host: string): Promise<string> {
  const { nodes } = await fleet.look();
  return nodes.find(({ id }) => id === node)?.name ?? host;
}

function stoppedServices({ model }: DesiredStack, { containers }: Snapshot): string[] {
  const running = new Set([...containers.values()].filter(({ State }) => State.Running).map(serviceOf));
  return Object.keys(model.services).filter((service) => !running.has(service));
}

/** How much each of these volumes holds. */
export async function measureVolumes(
  engine: Engine,
  stackName: string,
  names: readonly string[],
): Promise<MovedVolume[]> {
  if (names.length === 0) return [];
  const mounts = names.map((volume) => ({ volume, path: `/volumes/${volume}`, readOnly: true }));
  await using box = await VolumeBox.open(engine, stackName, mounts);
  // A file that goes while it is counted is no failure.
  const printed = await box.run('for one in /volumes/*; do (du -sb "$one" 2> /dev/null || true) | tail -n 1; done');
  const sizes = new Map(
    printed
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split("\t").reverse() as [string, string]),
  );
  return await Promise.all(
    names.map(async (name) => {
      const { Driver, Options } = await engine.docker.getVolume(name).inspect();
      const plain = Driver === "local" && Object.keys(Options ?? {}).length === 0;
      return { name, bytes: Number(sizes.get(`/volumes/${name}`) ?? 0), plain };
    }),
  );
}

async function architectureOf({ docker }: Engine): Promise<string> {
  return ((await docker.info()) as { Architecture: string }).Architecture;
}

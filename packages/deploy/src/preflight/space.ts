import type { ComposeModel } from "@understudy/compose";
import {
  type Engine,
  exec,
  type Fleet,
  type HostSession,
  label,
  messageOf,
  startAttached,
  UserError,
} from "@understudy/core";
import { toolboxOn } from "@understudy/environment";

const gibibyte = 1_073_741_824;

/** Room for containers and their first data when every image is there already. */
const roomToRun = 2 * gibibyte;

/** More room for each image that must still come, and for its build. */
export const roomPerImage = 3 * gibibyte;

/** Refuse before anything changes when Docker's disk has not enough room. @throws UserError with both figures. */
export async function assertDiskSpace(engine: Engine, session: HostSession, missingImages: number): Promise<void> {
  const needed = roomToRun + missingImages * roomPerImage;
  const { free, machine } = engine.fleet ? await leastRoom(engine, engine.fleet) : await freeIn(session);
  if (free >= needed) return;
  const { DockerRootDir } = (await engine.docker.info()) as { DockerRootDir: string };
  throw new UserError(
    `The disk of ${DockerRootDir}${machine ? ` on ${machine}` : ""} has ${gib(free)} free, and this deploy needs ${gib(needed)}${missingImages ? ` (${missingImages} images to fetch)` : ""}`,
    { next: "Free some room (docker system df shows what Docker uses) and run again" },
  );
}

/** Refuse when the services' memory limits together are more than the host has. @throws UserError with both figures. */
export async function assertMemory(engine: Engine, model: ComposeModel): Promise<void> {
  const limits = Object.values(model.services).map(({ resources }) => resources.memoryLimit ?? 0);
  const limited = limits.reduce((sum, limit) => sum + limit, 0);
  const { MemTotal } = (await engine.docker.info()) as { MemTotal: number };
  if (limited <= MemTotal * 1.1) return;
  throw new UserError(`The services may use ${gib(limited)} of memory together, and the host has ${gib(MemTotal)}`, {
    next: "Lower the limits in compose/docker-compose.laptop.yml, or use a larger host",
  });
}

function gib(bytes: number): string {
  return `${(bytes / gibibyte).toFixed(1)} GiB`;
}

interface Room {
  /** Bytes. */
  readonly free: number;
  /** Of a swarm; undefined: there is one. */
  readonly machine?: string;
}

type Runs = Pick<HostSession, "exec">;

async function freeIn(session: Runs): Promise<Room> {
  const { stdout } = await session.exec(["df", "-Pk", "/"]);
  const kibibytes = Number(stdout.trim().split("\n").at(-1)?.split(/\s+/)[3]);
  if (!Number.isFinite(kibibytes)) throw new Error(`df answered: ${stdout}`);
  return { free: kibibytes * 1_024 };
}

/** Images and containers come to every machine: the fullest one decides. */
async function leastRoom(engine: Engine, fleet: Fleet): Promise<Room> {
  const { nodes } = await fleet.look();
  const reached = nodes.filter(({ host, away, state }) => host && !away && state === "ready");
  const rooms = await Promise.all(
    reached.map(async ({ id, name }): Promise<Room> => ({ free: await roomOn(engine, id), machine: name })),
  );
  return rooms.reduce((least, room) => (room.free < least.free ? room : least), { free: Number.POSITIVE_INFINITY });
}

/**
 * How much room Docker's disk has, bytes.
 * @param node of a swarm: the ID of the machine that is meant
 */
export async function roomOn(engine: Engine, node?: string): Promise<number> {
  const Image = await toolboxOn(engine);
  const Labels: Record<string, string> = node ? { [label.node]: node } : {};
  try {
    const box = await startAttached(engine, { Image, Cmd: ["cat"], Labels, HostConfig: { NetworkMode: "none" } });
    box.stream.on("error", () => {}).resume();
    try {
      return (await freeIn({ exec: (command) => exec(engine, box.id, command) })).free;
    } finally {
      box.stream.end();
    }
  } catch (error) {
    // Not even for a container to look from.
    if (/no space left on device/i.test(messageOf(error))) return 0;
    throw error;
  }
}

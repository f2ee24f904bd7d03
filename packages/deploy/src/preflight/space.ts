import type { ComposeModel } from "@understudy/compose";
import { type Engine, type HostSession, UserError } from "@understudy/core";

const gibibyte = 1_073_741_824;

/** Room for containers and their first data when every image is there already. */
const roomToRun = 2 * gibibyte;

/** More room for each image that must still come, and for its build. */
export const roomPerImage = 3 * gibibyte;

/** Refuse before anything changes when Docker's disk has not enough room. @throws UserError with both figures. */
export async function assertDiskSpace(engine: Engine, session: HostSession, missingImages: number): Promise<void> {
  const needed = roomToRun + missingImages * roomPerImage;
  const { stdout } = await session.exec(["df", "-Pk", "/"]);
  const kibibytes = Number(stdout.trim().split("\n").at(-1)?.split(/\s+/)[3]);
  if (!Number.isFinite(kibibytes)) throw new Error(`df answered: ${stdout}`);
  if (kibibytes * 1_024 >= needed) return;
  const { DockerRootDir } = (await engine.docker.info()) as { DockerRootDir: string };
  throw new UserError(
    `The disk of ${DockerRootDir} has ${gib(kibibytes * 1_024)} free, and this deploy needs ${gib(needed)}${missingImages ? ` (${missingImages} images to fetch)` : ""}`,
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

import { randomBytes } from "node:crypto";
import { connectEngine, type Engine } from "@understudy/core";
import { type Mount, VolumeBox } from "@understudy/data";
import type { Location } from "../../src/repository/location.ts";
import type { RepositoryOptions } from "../../src/repository/repository.ts";

/** Somewhere for repositories: a volume whose folder on the host is named like any other. Removed at the end. */
export interface RepositoryPlace extends AsyncDisposable {
  readonly engine: Engine;
  readonly stackName: string;
  readonly key: string;
  /** What was warned of. */
  readonly warnings: string[];
  /** A folder in it, on the host. */
  folder(name: string): string;
  /** How to open the repository in a folder. */
  options(name: string, change?: Partial<RepositoryOptions>): RepositoryOptions;
  /** A volume for data, mounted at `/data`. */
  readonly mounts: readonly Mount[];
  /** Run a bash script where both are: the repositories in `/place`, the data in `/data`. */
  bash(script: string, ...args: readonly string[]): Promise<string>;
}

/** @param size of the place, as a memory file system; on disk unless told. */
export async function makePlace({ size }: { size?: string } = {}): Promise<RepositoryPlace> {
  await using made = new AsyncDisposableStack();
  const engine = made.use(await connectEngine("local"));
  const stackName = `usr-${randomBytes(4).toString("hex")}`;
  const limited = size ? { type: "tmpfs", device: "tmpfs", o: `size=${size}` } : undefined;
  for (const Name of [`${stackName}-place`, `${stackName}-data`]) {
    await engine.docker.createVolume({ Name, ...(limited && Name.endsWith("place") ? { DriverOpts: limited } : {}) });
    made.defer(() => engine.docker.getVolume(Name).remove());
  }
  const mounts = [{ volume: `${stackName}-data`, path: "/data", readOnly: false }];
  const place = { volume: `${stackName}-place`, path: "/place", readOnly: false };
  // Its end is also that of the memory file system.
  const box = made.use(await VolumeBox.open(engine, `${stackName}-test`, [...mounts, place]));
  const { Mountpoint } = await engine.docker.getVolume(place.volume).inspect();
  const key = randomBytes(32).toString("base64url");
  const warnings: string[] = [];
  const all = made.move();
  return {
    engine,
    stackName,
    key,
    warnings,
    mounts,
    folder: (name) => `${Mountpoint}/${name}`,
    options: (name, change = {}) => ({
      engine,
      stackName,
      key,
      mounts,
      location: onHost(`${Mountpoint}/${name}`),
      warn: (line) => warnings.push(line),
      ...change,
    }),
    bash: async (script, ...args) => (await box.run(script, args)).toString(),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function onHost(folder: string): Location {
  return { where: folder, folder, credentials: {} };
}

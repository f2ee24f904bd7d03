import type { Duplex, Writable } from "node:stream";
import { type Engine, label, startAttached, statusOf, UserError } from "@understudy/core";
import { toolboxOn } from "@understudy/environment";
import { execPiped, type PipedExec } from "./exec-pipe.ts";
import { removeContainer } from "./incoming.ts";

export interface Mount {
  readonly volume: string;
  /** Where the container has it, e.g. `/source`. */
  readonly path: string;
  readonly readOnly: boolean;
}

/** What else the engine gives a container. */
type HostConfig = NonNullable<Parameters<typeof startAttached>[1]["HostConfig"]>;

/** A script at work. */
export interface Running {
  /** What it reads. End it. */
  readonly input: Writable;
  /** What it prints; once, and only as fast as it is read. */
  output(): AsyncIterable<Buffer>;
  /** Once all that it printed was read. @throws UserError with its last words unless it ended with one of the codes. */
  ended(codes?: readonly number[]): Promise<void>;
}

/** A container with volumes, as root and without a network unless told, that lives no longer than this process. */
export class VolumeBox implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #container: string;
  readonly #input: Duplex;

  private constructor(engine: Engine, container: string, input: Duplex) {
    this.#engine = engine;
    this.#container = container;
    this.#input = input;
  }

  /**
   * @param host what else the engine is to give it; its `Mounts` come on top.
   * @throws UserError for a volume that does not exist: mounting would make it.
   */
  static async open(
    engine: Engine,
    stackName: string,
    mounts: readonly Mount[],
    { Mounts = [], ...host }: HostConfig = {},
  ): Promise<VolumeBox> {
    for (const { volume } of mounts) await assertVolume(engine, volume);
    const { id, stream } = await startAttached(engine, {
      Image: await toolboxOn(engine),
      User: "0:0",
      Cmd: ["cat"],
      Labels: { [label.incoming]: stackName },
      HostConfig: {
        NetworkMode: "none",
        Memory: 536_870_912,
        ...host,
        Mounts: [
          ...Mounts,
          ...mounts.map(({ volume, path, readOnly }) => ({
            Type: "volume" as const,
            Source: volume,
            Target: path,
            ReadOnly: readOnly,
            VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: "", Options: {} } },
          })),
        ],
      },
    });
    stream.on("error", () => {}).resume();
    return new VolumeBox(engine, id, stream);
  }

  /** Start a bash script, whose end the caller judges. Its arguments are `$1` and on. */
  exec(script: string, args: readonly string[] = []): Promise<PipedExec> {
    const strict = `set -euo pipefail\n${script}`;
    return execPiped(this.#engine, this.#container, ["bash", "-c", strict, "bash", ...args]);
  }

  /** Start a bash script. Its arguments are `$1` and on. */
  async start(script: string, args: readonly string[] = []): Promise<Running> {
    const piped = await this.exec(script, args);
    return { ...piped, ended: async (codes = [0]) => assertCode(await piped.ended(), codes) };
  }

  /** Run a bash script to its end. @returns what it printed. @throws UserError with its last words. */
  async run(script: string, args: readonly string[] = [], input: Buffer | string = ""): Promise<Buffer> {
    const { input: stdin, output, ended } = await this.start(script, args);
    stdin.end(input);
    const chunks: Buffer[] = [];
    for await (const chunk of output()) chunks.push(chunk);
    await ended();
    return Buffer.concat(chunks);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#input.destroy();
    await removeContainer(this.#engine, this.#container);
  }
}

function assertCode({ exitCode, stderr }: { exitCode: number; stderr: string }, codes: readonly number[]): void {
  if (codes.includes(exitCode)) return;
  const said = stderr.trim().split("\n").slice(-3).join("; ");
  throw new UserError(said || `a tool in a container ended with code ${exitCode}`);
}

async function assertVolume(engine: Engine, name: string): Promise<void> {
  try {
    await engine.docker.getVolume(name).inspect();
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    throw new UserError(`There is no volume ${name} at ${engine.host}`, { next: "Deploy that environment first" });
  }
}

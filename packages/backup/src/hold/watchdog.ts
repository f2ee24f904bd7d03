import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Duplex, PassThrough } from "node:stream";
import { type ContainerInspectInfo, type Engine, label, startAttached, UserError, untilGone } from "@understudy/core";
import { removeContainer } from "@understudy/data";
import { toolboxOn } from "@understudy/environment";

/** The containers of one stack that write. */
export interface Writers {
  readonly stackName: string;
  readonly containers: readonly ContainerInspectInfo[];
}

const script = readFileSync(new URL("hold.sh", import.meta.url), "utf8");

/** A container in which hold.sh runs; its input ends with this process, however it ends. One at a time for a stack on a machine. */
export class Watchdog implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #container: string;
  readonly #stream: Duplex;
  readonly #lines: AsyncIterator<string>;

  private constructor(engine: Engine, container: string, stream: Duplex) {
    this.#engine = engine;
    this.#container = container;
    this.#stream = stream;
    this.#lines = linesOf(engine, stream);
  }

  /**
   * @param machine of the containers, all of them: the ID of its node in a swarm
   * @param deadline how long the writers stand still at most, ms
   */
  static async start(
    engine: Engine,
    { stackName, containers }: Writers,
    machine: string | undefined,
    deadline: number,
  ): Promise<Watchdog> {
    const name = machine ? `${stackName}-hold-${machine}` : `${stackName}-hold`;
    // A killed run's, about to end: it would let the writers go on in the middle of ours.
    await removeContainer(engine, name);
    const { id, stream } = await startAttached(engine, {
      name,
      Image: await toolboxOn(engine),
      User: "0:0",
      Cmd: ["bash", "-c", script, "hold", String(deadline), ...containers.map(({ Id }) => Id)],
      ...(machine ? { Labels: { [label.node]: machine } } : {}),
      HostConfig: {
        PidMode: "host",
        // Where the engine maps users: the host's processes are out of reach for a root that is not the host's.
        UsernsMode: "host",
        NetworkMode: "none",
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        CapAdd: ["KILL"],
        // While it looks for what still runs, the rest stands still: it goes before others.
        CpuShares: 16_384,
        // Where AppArmor or SELinux confines: they keep one container's signals from another's processes.
        SecurityOpt: ["no-new-privileges", "apparmor=unconfined", "label=disable"],
      },
    });
    return new Watchdog(engine, id, stream);
  }

  /** Its next line, as words. @returns none when it has ended. */
  async next(): Promise<readonly string[]> {
    const { value, done } = await this.#lines.next();
    return done ? [] : value.split(" ").filter(Boolean);
  }

  /** Have it stop the writers. */
  stopWriters(): void {
    this.#stream.write("\n");
  }

  /** Have it let the writers go on, and end. */
  end(): void {
    this.#stream.end();
  }

  /** It lets the writers go on before it ends: wait for that, do not kill it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    try {
      await untilGone(this.#engine, this.#container);
    } catch (error) {
      // The connection is lost, and with it the input; or the engine keeps what has ended, which the next hold meets.
      if (!(error instanceof UserError)) throw error;
    }
    this.#stream.destroy();
  }
}

function linesOf(engine: Engine, stream: Duplex): AsyncIterator<string> {
  const output = new PassThrough();
  engine.docker.modem.demuxStream(stream, output, output);
  for (const event of ["end", "close", "error"]) stream.once(event, () => output.end());
  return createInterface({ input: output })[Symbol.asyncIterator]();
}

import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { MountSettings } from "dockerode";
import { operator } from "../audit.ts";
import { messageOf, UserError } from "../errors.ts";
import { isAlive } from "../process-alive.ts";
import { type AttachedContainer, startAttached } from "./attached.ts";
import { type Engine, isGone, statusOf } from "./engine.ts";
import { type ExecOptions, type ExecResult, exec, execStream } from "./exec.ts";
import { type HttpAnswer, type HttpDoor, type HttpOptions, httpOver } from "./http-over.ts";
import { label } from "./labels.ts";

const ownerLabel = "understudy.lock.owner";
const verbLabel = "understudy.lock.verb";
const machineLabel = "understudy.lock.machine";
const processLabel = "understudy.lock.process";

/** How long a lock on another host outlives the last sign of life from its owner, ms. */
const silenceAllowed = 60_000;

/** A lock container that was created but never started belongs to an owner who died in between; ms. */
const abandonedAfter = 10_000;

export interface LockRequest {
  readonly stackName: string;
  readonly environment: string;
  readonly verb: string;
  /** A toolbox image that is present on the host. */
  readonly image: string;
  /** Wait for the holder to finish instead of refusing. */
  readonly wait: boolean;
  readonly onWait?: (holder: string) => void;
  /** On this machine's engine: the lock was removed by somebody, or went with the engine. Nothing may be changed any more. */
  readonly onLost?: () => void;
  /** What of the host the foothold has beside its network. */
  readonly mounts?: readonly MountSettings[];
  /** Of a swarm: ID of the node that it is to be on. Default: the one that leads. */
  readonly node?: string | undefined;
  /** For another host: how long the lock outlives its owner's last sign of life, ms. Default: a minute. */
  readonly silence?: number;
}

/**
 * The environment's lock, and a foothold on its host: one toolbox container with a fixed name, on the host's network,
 * that lives on our attached input. When this process dies, however it dies, the input closes, the container ends and
 * the lock is free. Commands and connections through it see the host as the host does, near or over ssh.
 * A machine that vanishes (lid closed, network gone) closes nothing: on another host the container therefore also ends
 * when it hears nothing for a while. An owner that lives and finds its lock gone loses its connection, so that two never
 * change a stack at once.
 */
export class HostSession implements AsyncDisposable, HttpDoor {
  /** The id of the foothold's container. */
  readonly container: string;
  readonly #engine: Engine;
  readonly #lock: LockRequest;
  readonly #input: Duplex;
  #beat: NodeJS.Timeout | undefined;
  #closing = false;

  private constructor(engine: Engine, container: string, input: Duplex, lock: LockRequest) {
    this.#engine = engine;
    this.container = container;
    this.#lock = lock;
    this.#input = input;
    input.on("error", () => {}).resume();
    input.once("close", () => {
      if (this.#closing) return;
      if (engine.remote) void engine.abandon(lockLost(lock));
      else lock.onLost?.();
    });
    if (engine.remote) this.#beat = setInterval(() => void input.write("\n"), silenceOf(lock) / 6).unref();
  }

  /** Take the lock. @throws UserError naming the holder when it is taken and `wait` is false. */
  static async open(engine: Engine, lock: LockRequest): Promise<HostSession> {
    for (let told = false; ; told = true) {
      const taken = await tryCreate(engine, lock);
      if (taken) return new HostSession(engine, taken.id, taken.stream, lock);
      const holder = await findHolder(engine, lock.stackName);
      if (!holder) continue;
      // Its lock is about to go: the engine takes a moment to see that the input has closed.
      if (!lock.wait && !holder.dead) {
        throw new UserError(`${lock.environment} is locked by ${holder.words}`, {
          next: "Wait until it ends, or run again with --wait",
        });
      }
      if (!told && !holder.dead) lock.onWait?.(holder.words);
      await sleep(500);
    }
  }

  /** Run a command on the host's network, in the toolbox. */
  exec(command: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return this.#whileHeld(() => exec(this.#engine, this.container, command, options));
  }

  /** A TCP connection made on the host. */
  dial(address: string, port: number): Promise<Duplex> {
    const host = address.includes(":") ? `[${address}]` : address;
    const command = ["socat", "-", `TCP:${host}:${port},connect-timeout=5`];
    return this.#whileHeld(() => execStream(this.#engine, this.container, command));
  }

  /** An HTTP request made on the host; nothing of it shows in a process list. `timeout` in ms, body at most 1 MiB. */
  async http(url: URL, options: HttpOptions = {}): Promise<HttpAnswer> {
    const socket = await this.dial(url.hostname, Number(url.port || 80));
    try {
      return await httpOver(socket, url, options);
    } finally {
      socket.destroy();
    }
  }

  /** Free the lock. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#beat);
    this.#input.end();
    await this.#engine.docker
      .getContainer(this.container)
      .remove({ force: true })
      .catch((error) => {
        // 404: it ended with its input; 409: the engine is removing it already; a lost connection ended the input.
        if (!isGone(error) && !(error instanceof UserError)) throw error;
      });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The engine may say that the container is gone before its input closes. */
  async #whileHeld<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw isGone(error) ? lockLost(this.#lock) : error;
    }
  }
}

/** Who holds a stack's lock, in words, or undefined when nobody does. */
export async function describeHolder(engine: Engine, stackName: string): Promise<string | undefined> {
  return (await findHolder(engine, stackName))?.words;
}

interface Holder {
  readonly words: string;
  /** A process of this machine that lives no more. */
  readonly dead: boolean;
}

async function findHolder(engine: Engine, stackName: string): Promise<Holder | undefined> {
  try {
    const { Config, Created, State, Id } = await engine.docker.getContainer(lockName(stackName)).inspect();
    const age = Date.now() - Date.parse(Created);
    if (State.Status === "created" && age > abandonedAfter) {
      await engine.docker.getContainer(Id).remove({ force: true });
      return undefined;
    }
    const { [ownerLabel]: owner = "an unknown owner", [verbLabel]: verb = "?", ...labels } = Config.Labels;
    const dead = labels[machineLabel] === thisMachine() && !isAlive(Number(labels[processLabel]));
    return { words: `${owner} (${verb}, since ${new Date(Created).toISOString()})`, dead };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function lockLost({ environment }: LockRequest): UserError {
  return new UserError(`The lock of ${environment} was lost: this machine was silent for too long, or it was removed`, {
    next: "Run the same command again, it goes on from there",
  });
}

function silenceOf({ silence = silenceAllowed }: LockRequest): number {
  return silence;
}

/** Ends with its input; where a network lies between, also without a sign of life. */
function holdCommand(engine: Engine, lock: LockRequest): string[] {
  if (!engine.remote) return ["cat"];
  return ["bash", "-c", `while read -r -t ${silenceOf(lock) / 1_000} _; do :; done`];
}

/** Operators' machines often have one name, and each its own processes: what it was booted as tells them apart, where the system says it. */
function thisMachine(): string {
  const boot = "/proc/sys/kernel/random/boot_id";
  return [hostname(), ...(existsSync(boot) ? [readFileSync(boot, "utf8").trim()] : [])].join("/");
}

function lockName(stackName: string): string {
  return `${stackName}-lock`;
}

async function tryCreate(engine: Engine, lock: LockRequest): Promise<AttachedContainer | undefined> {
  try {
    return await startAttached(engine, {
      name: lockName(lock.stackName),
      Image: lock.image,
      Cmd: holdCommand(engine, lock),
      Labels: {
        [label.environment]: lock.environment,
        [ownerLabel]: `${operator()}, process ${process.pid}`,
        [verbLabel]: lock.verb,
        [machineLabel]: thisMachine(),
        [processLabel]: String(process.pid),
        ...(lock.node ? { [label.node]: lock.node } : {}),
      },
      HostConfig: { NetworkMode: "host", Memory: 268_435_456, Mounts: [...(lock.mounts ?? [])] },
    });
  } catch (error) {
    if (statusOf(error) === 409 && messageOf(error).includes("already in use")) return undefined;
    // Removed, or being removed, before it began.
    if (statusOf(error) === 409 || messageOf(error).includes("No such container")) throw lockLost(lock);
    throw error;
  }
}

import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { connect, type Socket } from "node:net";
import { json as readJson } from "node:stream/consumers";
import { messageOf, UserError } from "../../errors.ts";
import type { SwarmNode } from "../../settings/nodes.ts";
import { connectEngine, type Engine } from "../engine.ts";

/** How long an answer of a list may take before its machine counts as away, ms. */
const usualPatience = 10_000;
/** What a manager says of itself takes it 20 s while it is parted from its leader, ms. */
const longPatience = 25_000;
/** How soon a machine that was away is tried again, ms. */
const pause = 5_000;

/** What to do about a machine that is away. */
export const bringBack = "Bring the machine back, and run the same command again; it goes on from there";

/** A machine that does not answer. */
export class MachineAway extends UserError {
  constructor(host: string, why: string, next = bringBack) {
    super(`${host} does not answer: ${why}`, { next });
  }
}

/** A machine that was reached, and does not answer in time. */
class NoAnswer extends MachineAway {}

/** Managers that are parted from the majority of them, or choose a leader just now, say nothing of the swarm and change nothing. */
export class WithoutLeader extends MachineAway {
  constructor() {
    super(
      "The swarm",
      "its managers have no leader, as half of them or more are away",
      "Bring them back, and run the same command again. docs/swarm.md says what to do when they are lost",
    );
  }
}

export interface Question {
  /** Default: GET. */
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** How long the answer to a GET may take, ms. */
  readonly patience?: number;
}

/** One machine of the swarm, and the way to its engine; away, it is tried again every few seconds. */
export class Machine {
  readonly settings: SwarmNode;
  /** As the swarm calls it; undefined until it has answered, or when it is in no swarm. */
  nodeId: string | undefined;
  /** Whether it decides. */
  isManager = false;
  /** Whether it said, as a manager, that it is parted from the majority of them. */
  leaderless = false;
  /** Why it does not answer; undefined while it does. */
  away: string | undefined;
  #engine: Engine | undefined;
  #tried = Number.NEGATIVE_INFINITY;
  #connecting: Promise<void> | undefined;
  #closed = false;

  constructor(settings: SwarmNode) {
    this.settings = settings;
  }

  get host(): string {
    return this.settings.host;
  }

  /** Connect where there is no connection. Says in `away` why there is none. */
  async connect(): Promise<void> {
    if (this.#closed || (this.#engine && !this.away)) return;
    if (!this.#connecting && performance.now() - this.#tried < pause) return;
    this.#connecting ??= this.#reconnect().finally(() => {
      this.#tried = performance.now();
      this.#connecting = undefined;
    });
    await this.#connecting;
  }

  async #reconnect(): Promise<void> {
    try {
      await this.#engine?.close();
      this.#engine = await connectEngine(this.host, this.settings.sshOptions);
      if (this.#closed) return await this.#engine.close();
      this.away = undefined;
      const { Swarm } = await this.ask<{ Swarm: SwarmInfo }>("/info", { patience: longPatience });
      this.nodeId = Swarm.NodeID || undefined;
      this.isManager = Swarm.ControlAvailable;
    } catch (error) {
      this.away = messageOf(error);
    }
  }

  /** A question whose answer is JSON. @throws MachineAway, or an error with `statusCode` in the engine's own words. */
  async ask<T>(path: string, { method = "GET", body, patience = usualPatience }: Question = {}): Promise<T> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const reply = await this.#call({
      path,
      method,
      headers: text ? { "content-type": "application/json", "content-length": Buffer.byteLength(text) } : {},
      timeout: method === "GET" ? patience : 0,
      body: text,
    });
    const said = reply.headers["content-type"]?.includes("json") ? await readJson(reply) : void reply.resume();
    const status = reply.statusCode ?? 0;
    if (status < 400) return said as T;
    const { message = `it answers ${status}` } = (said ?? {}) as { message?: string };
    throw Object.assign(new Error(message), { statusCode: status });
  }

  /**
   * A question that only a swarm's manager answers.
   * @throws WithoutLeader when it knows of none, or is there and says nothing: it asks a leader that it is parted from
   */
  async askAsManager<T>(path: string, question?: Question): Promise<T> {
    try {
      const said = await this.ask<T>(path, question);
      this.leaderless = false;
      return said;
    } catch (error) {
      this.leaderless = isWithoutLeader(error) || (error instanceof NoAnswer && (await this.#isThere()));
      throw this.leaderless ? new WithoutLeader() : error;
    }
  }

  async #isThere(): Promise<boolean> {
    this.away = undefined;
    return await this.ask("/_ping").then(
      () => true,
      () => false,
    );
  }

  /** A request whose answer is the caller's to read. @throws MachineAway */
  async send(options: RequestOptions, body?: NodeJS.ReadableStream): Promise<IncomingMessage> {
    return await this.#call({ ...options, body });
  }

  /** A connection to its engine. @throws MachineAway */
  async dial(): Promise<Socket> {
    const address = this.#address();
    const where = "socketPath" in address ? { path: address.socketPath } : address;
    const socket = connect({ ...where, allowHalfOpen: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once("connect", resolve).once("error", (error) => reject(this.#lost(error, MachineAway)));
    await promise;
    return socket;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#engine?.close();
  }

  #address(): { socketPath: string } | { host: string; port: number } {
    if (!this.#engine || this.away) throw new MachineAway(this.host, this.away ?? "it was never reached");
    const { dockerHost } = this.#engine;
    if (dockerHost.startsWith("unix://")) return { socketPath: dockerHost.slice("unix://".length) };
    const { hostname, port } = new URL(dockerHost);
    return { host: hostname, port: Number(port || 2_375) };
  }

  #call({ body, ...options }: RequestOptions & { body?: NodeJS.ReadableStream | string | undefined }) {
    const address = this.#address();
    return new Promise<IncomingMessage>((resolve, reject) => {
      const call = request({ ...address, ...options, agent: false });
      call.once("response", resolve);
      let Kind = MachineAway;
      call.once("error", (error) => reject(this.#lost(error, Kind)));
      call.once("timeout", () => {
        Kind = NoAnswer;
        call.destroy(new Error(`no answer within ${(options.timeout ?? 0) / 1_000} s`));
      });
      if (body === undefined || typeof body === "string") call.end(body);
      else body.pipe(call);
    });
  }

  #lost(error: Error, Kind: typeof MachineAway): MachineAway {
    this.away = messageOf(error);
    return new Kind(this.host, this.away);
  }
}

interface SwarmInfo {
  readonly NodeID?: string;
  readonly ControlAvailable: boolean;
}

/** A manager that has lost the others can say nothing of the swarm. */
function isWithoutLeader(error: unknown): boolean {
  return /swarm does not have a leader|deadline exceeded|not a swarm manager/i.test(messageOf(error));
}

import type { Engine } from "@understudy/core";
import { RuntimeApi } from "./runtime-api.ts";

/** The second server of a backend: another container of its service, which serves while the first is replaced. */
const bridge = "bridge";

export interface Answers {
  readonly requests: number;
  readonly failed: number;
}

/**
 * The edge as far as replacing a service behind it goes. Names are of services: a backend and its server bear them. What
 * is set here is forgotten when HAProxy is reloaded or started anew; it then serves as its files say. In a swarm it is on
 * several machines, and what is told is told to all of them.
 */
export class Edge implements AsyncDisposable {
  readonly #apis: readonly RuntimeApi[];

  private constructor(apis: readonly RuntimeApi[]) {
    this.#apis = apis;
  }

  /**
   * @param containers HAProxy's, running; at least one
   * @param toolbox a toolbox image that is on the host
   * @throws UserError when a runtime API does not answer
   */
  static async open(engine: Engine, containers: readonly string[], toolbox: string): Promise<Edge> {
    const opened = await Promise.allSettled(containers.map((one) => RuntimeApi.open(engine, one, toolbox)));
    const edge = new Edge(opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])));
    const failed = opened.find((one) => one.status === "rejected");
    if (!failed) return edge;
    await edge[Symbol.asyncDispose]();
    throw failed.reason;
  }

  /** The services that it serves. A hold of one that it serves over TCP is no hold: only a request can wait. */
  async services(): Promise<string[]> {
    return [...new Set((await this.#servers()).map(({ be_name = "" }) => be_name))];
  }

  /** The services whose requests go to a bridge. */
  async bridged(): Promise<string[]> {
    const bridges = (await this.#servers()).filter(({ srv_name }) => srv_name === bridge);
    return [...new Set(bridges.map(({ be_name = "" }) => be_name))];
  }

  /** Let new requests wait, for `limit` ms at most. */
  async hold(service: string, limit: number): Promise<void> {
    await this.#tell(`hold ${service} ${limit / 1_000}`);
  }

  /** Let those that wait go on, in their order. */
  async release(service: string): Promise<void> {
    await this.#tell(`release ${service}`);
  }

  /** How many requests wait, in a hold or after it, for their turn. An edge of a release that cannot tell says 0. */
  async waiting(service: string): Promise<number> {
    return await this.#sum(async (api) => Number(/^\d+$/.exec(await api.ask(`waiting ${service}`))?.[0] ?? 0));
  }

  /** How many requests a service works on. Those that are held are not with it yet; websockets do not count. */
  async inFlight(service: string): Promise<number> {
    return await this.#sum(async (api) => {
      const entry = await api.ask(`show table in-flight key ${service}`);
      return Number(/conn_cur=(\d+)/.exec(entry)?.[1] ?? 0);
    });
  }

  /** How many connections to a service's own container, or to its bridge, are in use; websockets count. */
  async connections(service: string, server: "own" | "bridge"): Promise<number> {
    const name = `${service}/${serverName(service, server)}`;
    return await this.#sum(async (api) => {
      const servers = await api.table(`show servers conn ${service}`);
      return Number(servers.find((one) => one["bkname/svname"] === name)?.used_cur ?? 0);
    });
  }

  /** How many requests were answered since it started, by it or for it, and how many of them with a server's error (HTTP 5xx). */
  async answers(): Promise<Answers> {
    const all = await Promise.all(this.#apis.map((api) => api.table("show stat -1 1 -1", ",")));
    const sum = (column: string) => all.flat().reduce((total, row) => total + Number(row[column] ?? 0), 0);
    return { requests: sum("req_tot"), failed: sum("hrsp_5xx") };
  }

  /** Say where a service's own container is now, ahead of what names resolve to. One that has several is found by its name alone. */
  async point(service: string, address: string): Promise<void> {
    const servers = await this.#servers();
    if (!servers.some(({ be_name, srv_name }) => be_name === service && srv_name === service)) return;
    await this.#tell(`set server ${service}/${service} addr ${address}`, /changed/);
  }

  /** Give a service a second server at an address, on the port of the first, that takes all its new requests. */
  async toBridge(service: string, address: string): Promise<void> {
    const servers = (await this.#servers()).filter(({ be_name }) => be_name === service);
    const port = servers.find(({ srv_name }) => srv_name === service)?.srv_port;
    if (servers.some(({ srv_name }) => srv_name === bridge)) {
      await this.#tell(`set server ${service}/${bridge} addr ${address}`, /changed/);
    } else await this.#tell(`add server ${service}/${bridge} ${address}:${port}`, /registered/);
    await this.#tell(`set server ${service}/${bridge} state ready`);
    await this.#tell(`set server ${service}/${service} state drain`);
  }

  /** The service's own container takes all new requests again. */
  async toOwn(service: string): Promise<void> {
    await this.#tell(`set server ${service}/${service} state ready`);
    await this.#tell(`set server ${service}/${bridge} state drain`);
  }

  /** Forget the bridge. Connections that still use it are ended. */
  async removeBridge(service: string): Promise<void> {
    await this.#tell(`set server ${service}/${bridge} state maint`);
    await this.#tell(`shutdown sessions server ${service}/${bridge}`);
    await this.#tell(`del server ${service}/${bridge}`, /deleted/);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#apis.map((api) => api[Symbol.asyncDispose]()));
  }

  /** Of all of its HAProxys, which serve the same. */
  async #servers(): Promise<Record<string, string>[]> {
    return (await Promise.all(this.#apis.map((api) => api.table("show servers state")))).flat();
  }

  async #tell(command: string, success?: RegExp): Promise<void> {
    await Promise.all(this.#apis.map((api) => api.tell(command, success)));
  }

  async #sum(count: (api: RuntimeApi) => Promise<number>): Promise<number> {
    return (await Promise.all(this.#apis.map(count))).reduce((total, one) => total + one, 0);
  }
}

function serverName(service: string, server: "own" | "bridge"): string {
  return server === "bridge" ? bridge : service;
}

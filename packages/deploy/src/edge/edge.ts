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
 * is set here is forgotten when HAProxy is reloaded or started anew; it then serves as its files say.
 */
export class Edge implements AsyncDisposable {
  readonly #api: RuntimeApi;

  private constructor(api: RuntimeApi) {
    this.#api = api;
  }

  /**
   * @param container HAProxy's, running
   * @param toolbox a toolbox image that is on the host
   * @throws UserError when its runtime API does not answer
   */
  static async open(engine: Engine, container: string, toolbox: string): Promise<Edge> {
    return new Edge(await RuntimeApi.open(engine, container, toolbox));
  }

  /** The services that it serves. A hold of one that it serves over TCP is no hold: only a request can wait. */
  async services(): Promise<string[]> {
    const servers = await this.#api.table("show servers state");
    return [...new Set(servers.map(({ be_name = "" }) => be_name))];
  }

  /** The services whose requests go to a bridge. */
  async bridged(): Promise<string[]> {
    const servers = await this.#api.table("show servers state");
    return servers.flatMap(({ be_name = "", srv_name }) => (srv_name === bridge ? [be_name] : []));
  }

  /** Let new requests wait, for `limit` ms at most. */
  async hold(service: string, limit: number): Promise<void> {
    await this.#api.tell(`hold ${service} ${limit / 1_000}`);
  }

  /** Let those that wait go on, in their order. */
  async release(service: string): Promise<void> {
    await this.#api.tell(`release ${service}`);
  }

  /** How many requests wait, in a hold or after it, for their turn. An edge of a release that cannot tell says 0. */
  async waiting(service: string): Promise<number> {
    return Number(/^\d+$/.exec(await this.#api.ask(`waiting ${service}`))?.[0] ?? 0);
  }

  /** How many requests a service works on. Those that are held are not with it yet; websockets do not count. */
  async inFlight(service: string): Promise<number> {
    const entry = await this.#api.ask(`show table in-flight key ${service}`);
    return Number(/conn_cur=(\d+)/.exec(entry)?.[1] ?? 0);
  }

  /** How many connections to a service's own container, or to its bridge, are in use; websockets count. */
  async connections(service: string, server: "own" | "bridge"): Promise<number> {
    const servers = await this.#api.table(`show servers conn ${service}`);
    const name = `${service}/${serverName(service, server)}`;
    return Number(servers.find((one) => one["bkname/svname"] === name)?.used_cur ?? 0);
  }

  /** How many requests were answered since it started, by it or for it, and how many of them with a server's error (HTTP 5xx). */
  async answers(): Promise<Answers> {
    const frontends = await this.#api.table("show stat -1 1 -1", ",");
    const sum = (column: string) => frontends.reduce((total, row) => total + Number(row[column] ?? 0), 0);
    return { requests: sum("req_tot"), failed: sum("hrsp_5xx") };
  }

  /** Say where a service's own container is now, ahead of what names resolve to. One that has several is found by its name alone. */
  async point(service: string, address: string): Promise<void> {
    const servers = await this.#api.table("show servers state");
    if (!servers.some(({ be_name, srv_name }) => be_name === service && srv_name === service)) return;
    await this.#api.tell(`set server ${service}/${service} addr ${address}`, /changed/);
  }

  /** Give a service a second server at an address, on the port of the first, that takes all its new requests. */
  async toBridge(service: string, address: string): Promise<void> {
    const servers = (await this.#api.table("show servers state")).filter(({ be_name }) => be_name === service);
    const port = servers.find(({ srv_name }) => srv_name === service)?.srv_port;
    if (servers.some(({ srv_name }) => srv_name === bridge)) {
      await this.#api.tell(`set server ${service}/${bridge} addr ${address}`, /changed/);
    } else await this.#api.tell(`add server ${service}/${bridge} ${address}:${port}`, /registered/);
    await this.#api.tell(`set server ${service}/${bridge} state ready`);
    await this.#api.tell(`set server ${service}/${service} state drain`);
  }

  /** The service's own container takes all new requests again. */
  async toOwn(service: string): Promise<void> {
    await this.#api.tell(`set server ${service}/${service} state ready`);
    await this.#api.tell(`set server ${service}/${bridge} state drain`);
  }

  /** Forget the bridge. Connections that still use it are ended. */
  async removeBridge(service: string): Promise<void> {
    await this.#api.tell(`set server ${service}/${bridge} state maint`);
    await this.#api.tell(`shutdown sessions server ${service}/${bridge}`);
    await this.#api.tell(`del server ${service}/${bridge}`, /deleted/);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#api[Symbol.asyncDispose]();
  }
}

function serverName(service: string, server: "own" | "bridge"): string {
  return server === "bridge" ? bridge : service;
}

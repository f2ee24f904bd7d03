import { randomUUID } from "node:crypto";
import { label } from "../labels.ts";
import { bodyOf, type Exchange, handOn, say } from "./exchange.ts";
import type { Fleet } from "./fleet.ts";
import { inspectStandIn } from "./inspect.ts";
import { type Machine, MachineAway } from "./machine.ts";
import { besideVolume, type CreateBody, wishOf } from "./places.ts";
import { forceUpdate, removeService, startService, stopService } from "./service-run.ts";
import { filtered, isMeant, listedAs, type Place, readFilters, restartsOf, type Seen } from "./view.ts";
import { refuseUnlessGone, volumesOf } from "./volumes.ts";

/** The containers of all machines, as if one engine had them. */
export class Containers {
  readonly #fleet: Fleet;
  /** Where each container is that was heard of; it never moves. */
  readonly #machines = new Map<string, Machine>();
  /** Which place in which service each had: another container may have it by now. */
  readonly #places = new Map<string, { service: string; slot: string }>();
  readonly #execs = new Map<string, Machine>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  async list(exchange: Exchange): Promise<void> {
    const filters = readFilters(exchange.query.get("filters"));
    const all = ["1", "true"].includes(exchange.query.get("all") ?? "");
    const lines = filtered(await this.#all(), filters)
      .filter(({ past }) => !past)
      .map(listedAs);
    say(exchange, 200, all || filters.status ? lines : lines.filter(({ State }) => State === "running"));
  }

  /** Make a container of our own where its volumes and neighbours are, one with a folder of the host where the data is; else where the swarm is led from, which is one machine. */
  async create(exchange: Exchange): Promise<void> {
    const body = ((await bodyOf<CreateBody>(exchange)) ?? {}) as CreateBody;
    const name = exchange.query.get("name");
    const all = await this.#all();
    if (name && all.some((seen) => isMeant(seen, name))) {
      const message = `Conflict. The container name "/${name}" is already in use by container "${all.find((seen) => isMeant(seen, name))?.id}"`;
      return say(exchange, 409, { message });
    }
    const machine = await this.#machineFor(body, all);
    const { HostConfig = {}, Labels = {} } = body;
    const beside = /^container:(.+)$/.exec(HostConfig.NetworkMode ?? "")?.[1];
    const neighbour = beside && all.find((seen) => isMeant(seen, beside));
    const asked = {
      ...body,
      Labels: { ...Labels, [label.node]: machine.nodeId },
      HostConfig: neighbour ? { ...HostConfig, NetworkMode: `container:${neighbour.id}` } : HostConfig,
    };
    // Named, that what was made can be found by the one who asked even when the answer is lost.
    const query = new URLSearchParams(exchange.query);
    if (!name) query.set("name", `understudy-${randomUUID().slice(0, 13)}`);
    const url = `${exchange.url.split("?")[0]}?${query}`;
    await handOn(exchange, machine, { url, body: asked });
  }

  /** Everything that is asked of one container. */
  async one(exchange: Exchange, reference: string, action: string): Promise<void> {
    const { method } = exchange;
    const seen = await this.#find(reference);
    if (!seen) return say(exchange, 404, { message: `No such container: ${reference}` });
    const { place } = seen;
    if (action === "json") return await this.#inspect(exchange, seen);
    if (place && method === "POST" && ["stop", "start", "restart"].includes(action)) {
      return await this.#run(exchange, seen, place, action);
    }
    if (place && method === "DELETE") {
      await removeService(this.#fleet, place.service);
      return say(exchange, 204);
    }
    if (!seen.node) return this.#standsStill(exchange, seen, action);
    const machine = this.#fleet.machine(seen.node);
    const url = exchange.url.replace(/(\/containers\/)[^/?]+/, `$1${seen.id}`);
    if (action !== "exec" || method !== "POST") return void (await handOn(exchange, machine, { url }));
    const body = await bodyOf(exchange);
    const created = await machine.ask<{ Id: string }>(url, { method, body });
    this.#execs.set(created.Id, machine);
    say(exchange, 201, created);
  }

  /** Everything that is asked of what runs in a container. */
  async exec(exchange: Exchange, id: string): Promise<void> {
    await handOn(exchange, this.machineOfExec(id));
  }

  machineOfExec(id: string): Machine {
    const machine = this.#execs.get(id);
    if (machine) return machine;
    throw Object.assign(new Error(`No such exec instance: ${id}`), { statusCode: 404 });
  }

  /** Where to attach to, and by which id. */
  async machineOf(reference: string): Promise<{ machine: Machine; id: string }> {
    const known = this.#machines.get(reference);
    if (known && !this.#places.has(reference)) return { machine: known, id: reference };
    const seen = await this.#find(reference);
    if (seen?.node) return { machine: this.#fleet.machine(seen.node), id: seen.id };
    throw Object.assign(new Error(`No such container: ${reference}`), { statusCode: 404 });
  }

  async #inspect(exchange: Exchange, seen: Seen): Promise<void> {
    const { place, node } = seen;
    if (!node) return await this.#inspectStandIn(exchange, seen);
    type Info = { Config: { Labels?: Record<string, string> | null }; RestartCount: number };
    try {
      const info = await this.#fleet.machine(node).ask<Info>(`/containers/${seen.id}/json`);
      const Labels = { ...info.Config.Labels, [label.node]: node };
      const RestartCount = info.RestartCount + (place ? restartsOf(place) : 0);
      say(exchange, 200, { ...info, Name: `/${seen.name}`, RestartCount, Config: { ...info.Config, Labels } });
    } catch (error) {
      // Its machine went away since it was listed: as of any other on such a machine, its service is what is known.
      if (!place || !(error instanceof MachineAway)) throw error;
      await this.#inspectStandIn(exchange, seen, error.message);
    }
  }

  async #inspectStandIn(exchange: Exchange, seen: Seen, why?: string): Promise<void> {
    const networks = await this.#fleet.askManager<{ Id: string; Name: string }[]>("/networks");
    say(exchange, 200, inspectStandIn(seen, new Map(networks.map(({ Id, Name }) => [Id, Name])), why));
  }

  /** A service's container comes back by itself when it is stopped: the service is what is stopped. */
  async #run(exchange: Exchange, { node }: Seen, { service }: Place, action: string): Promise<void> {
    if (action === "stop") return say(exchange, (await stopService(this.#fleet, service.ID)) ? 204 : 304);
    if (action === "start") return say(exchange, (await startService(this.#fleet, service.ID)) ? 204 : 304);
    if (node) await forceUpdate(this.#fleet, service.ID);
    else await startService(this.#fleet, service.ID);
    say(exchange, 204);
  }

  #standsStill(exchange: Exchange, { name }: Seen, action: string): void {
    if (action === "logs") {
      exchange.answer.writeHead(200, { "content-type": "application/vnd.docker.raw-stream" }).end();
      return;
    }
    say(exchange, 409, { message: `Container ${name} is not running` });
  }

  async #machineFor(body: CreateBody, all: readonly Seen[]): Promise<Machine> {
    const { volumes, beside, folder, node } = wishOf(body, label.node);
    const neighbours = beside.map((reference) => {
      const found = all.find((seen) => isMeant(seen, reference));
      if (found?.node) return found.node;
      throw Object.assign(new Error(`No such container: ${reference}`), { statusCode: 404 });
    });
    const homes = await this.#homesOf(volumes);
    const [first, second] = [...new Set([...(node ? [node] : []), ...neighbours, ...homes])];
    if (second) {
      const message = `what one container needs is on two machines of the swarm (${[...volumes, ...beside].join(", ")})`;
      throw Object.assign(new Error(message), { statusCode: 409 });
    }
    if (first) return this.#fleet.machine(first);
    // Who leads the swarm changes; a repository of backups in a folder stays where the data is.
    return (folder && (await this.#fleet.dataMachine())) || (await this.#fleet.leader());
  }

  async #homesOf(volumes: readonly string[]): Promise<string[]> {
    if (volumes.length === 0) return [];
    const { found: known, disputed } = await volumesOf(this.#fleet);
    const unclear = volumes.find((name) => disputed.has(name));
    if (unclear) {
      const hosts = disputed.get(unclear)?.map(({ machine }) => machine.host);
      const message = `volume ${unclear} is on ${hosts?.join(" and ")}, and no service says which of them counts`;
      throw Object.assign(new Error(message), { statusCode: 409 });
    }
    return volumes.flatMap((name) => {
      const home = known.get(name)?.node ?? known.get(besideVolume(name, known.keys()) ?? "")?.node;
      // Made anew beside the one on a machine that is away, it would be a second truth.
      if (!home) refuseUnlessGone(this.#fleet, name);
      return home ?? [];
    });
  }

  async #all(): Promise<Seen[]> {
    const all = await this.#fleet.containers();
    for (const seen of all) this.#remember(seen);
    return all;
  }

  #remember({ id, node, place }: Seen): void {
    if (node) this.#machines.set(id, this.#fleet.machine(node));
    if (place) this.#places.set(id, { service: place.service.ID, slot: place.slot });
  }

  /** By id or name; by the id of a service's container that is gone, the one that has its place now. */
  async #find(reference: string): Promise<Seen | undefined> {
    const all = await this.#all();
    const found = all.find((seen) => isMeant(seen, reference));
    if (found && !found.past) return found;
    const had = this.#places.get(reference);
    const own = had ? all.filter(({ place }) => place?.service.ID === had.service) : [];
    return own.find(({ place }) => place?.slot === had?.slot) ?? own[0] ?? found;
  }
}

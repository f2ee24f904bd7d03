import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { messageOf } from "../../errors.ts";
import { socketFolder } from "../socket-folder.ts";
import type { ServiceSpec } from "./api.ts";
import { Containers } from "./containers.ts";
import { addressOf, bodyOf, type Exchange, exchangeOf, handOn, handOnUpgrade, say, sayFailure } from "./exchange.ts";
import type { Fleet } from "./fleet.ts";
import { bringImage, changeImage, inspectImage, listImages, saveImage } from "./images.ts";
import { attachNetwork, createNetwork, inspectNetwork } from "./networks.ts";
import { labelsOf } from "./view.ts";
import { createVolume, listVolumes, oneVolume } from "./volumes.ts";
import { diskUse, events, info } from "./whole.ts";

/** A private socket at which the whole swarm answers as one Docker engine would. */
export interface Switchboard {
  readonly socket: string;
  close(): Promise<void>;
}

/** Answer for a fleet, so that whatever speaks to an engine, Pulumi's provider too, speaks to all its machines. */
export async function openSwitchboard(fleet: Fleet): Promise<Switchboard> {
  const containers = new Containers(fleet);
  const { socket, remove } = await socketFolder("fleet");
  const server = createServer({ requestTimeout: 0 }, (asked, answer) => {
    const exchange = exchangeOf(asked, answer);
    route(fleet, containers, exchange).catch((error) => sayFailure(exchange, error));
  });
  server.on("upgrade", (asked: IncomingMessage, near: Duplex, head: Buffer) => {
    near.on("error", () => {});
    upgrade(containers, asked, near, head).catch((error) => refuse(near, error));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return { socket, close: async () => shut(server).finally(remove) };
}

async function route(fleet: Fleet, containers: Containers, exchange: Exchange): Promise<void> {
  const { method, path } = exchange;
  const [, kind = "", name = "", action = ""] = path.split("/").map(decodeURIComponent);
  const is = (pattern: string) => `${method} ${path}` === pattern;
  if (kind === "containers") {
    if (is("GET /containers/json")) return await containers.list(exchange);
    if (is("POST /containers/create")) return await containers.create(exchange);
    return await containers.one(exchange, name, action);
  }
  if (kind === "exec") return await containers.exec(exchange, name);
  if (kind === "volumes") {
    if (is("GET /volumes")) return await listVolumes(fleet, exchange);
    if (is("POST /volumes/create")) return await createVolume(fleet, exchange);
    return await oneVolume(fleet, exchange, name);
  }
  if (kind === "networks") {
    if (is("POST /networks/create")) return await createNetwork(fleet, exchange);
    if (action === "connect" || action === "disconnect") return await attachNetwork(containers, exchange);
    if (method === "GET" && name) return await inspectNetwork(fleet, exchange, name);
  }
  if (kind === "images") {
    if (is("GET /images/json")) return await listImages(fleet, exchange);
    if (is("POST /images/create") || is("POST /images/load")) return await bringImage(fleet, exchange);
    const [, image = "", what = ""] = /^\/images\/(.+?)(?:\/(json|get|tag|history))?$/.exec(path) ?? [];
    if (method === "GET" && what === "json") return await inspectImage(fleet, exchange);
    if (method === "GET" && what === "get") return await saveImage(fleet, exchange, image);
    if (method === "DELETE" || what === "tag") return await changeImage(fleet, exchange);
  }
  if (is("GET /events")) return await events(fleet, exchange);
  if (is("GET /info")) return await info(fleet, exchange);
  if (is("GET /system/df")) return await diskUse(fleet, exchange);
  if (kind === "services" && method === "POST") return await changeService(fleet, exchange);
  if (method === "DELETE" && REMOVED_ONCE.has(kind)) return await remove(fleet, exchange);
  await toManager(fleet, exchange);
}

/** What the provider fails to remove when it is gone already, as it is after a run that was killed. */
const REMOVED_ONCE = new Set(["services", "secrets", "configs"]);

async function remove(fleet: Fleet, exchange: Exchange): Promise<void> {
  try {
    await fleet.askManager(exchange.path, { method: "DELETE" });
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
  say(exchange, 200);
}

/**
 * A service's containers have its labels, which the provider could only change by making the service anew. Its variables
 * have one order: the provider gives them another each time, which would exchange every replica where one is added.
 */
async function changeService(fleet: Fleet, exchange: Exchange): Promise<void> {
  const spec = await bodyOf<ServiceSpec>(exchange);
  if (!spec?.TaskTemplate?.ContainerSpec) return say(exchange, 400, { message: "a service without a container" });
  const { TaskTemplate } = spec;
  const { Env } = TaskTemplate.ContainerSpec;
  const ContainerSpec = { ...TaskTemplate.ContainerSpec, Labels: labelsOf(spec), Env: Env?.toSorted() };
  await handOn(exchange, managerOf(fleet), { body: { ...spec, TaskTemplate: { ...TaskTemplate, ContainerSpec } } });
}

async function toManager(fleet: Fleet, exchange: Exchange): Promise<void> {
  await handOn(exchange, managerOf(fleet));
}

/** One that answers. A manager that is no leader asks the leader itself. */
function managerOf(fleet: Fleet) {
  const [manager] = fleet.managers;
  if (manager) return manager;
  throw Object.assign(new Error("No manager of the swarm answers"), { statusCode: 503 });
}

async function upgrade(containers: Containers, asked: IncomingMessage, near: Duplex, head: Buffer): Promise<void> {
  const { path, url } = addressOf(asked);
  const [, kind, name = ""] = path.split("/").map(decodeURIComponent);
  if (kind === "exec") return await handOnUpgrade(asked, near, head, containers.machineOfExec(name), url);
  if (kind !== "containers") throw new Error(`a swarm does not answer ${asked.method} ${path}`);
  const { machine, id } = await containers.machineOf(name);
  await handOnUpgrade(asked, near, head, machine, url.replace(/(\/containers\/)[^/?]+/, `$1${id}`));
}

function refuse(near: Duplex, error: unknown): void {
  const status = (error as { statusCode?: number }).statusCode ?? 503;
  const body = JSON.stringify({ message: messageOf(error) });
  near.end(
    `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

async function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

import { createServer, type Server, type Socket } from "node:net";
import { type ContainerInspectInfo, type Engine, Foothold, label, messageOf, UserError } from "@understudy/core";

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How this process connects to ports of a stack's containers, published or not, wherever the engine is. */
export interface Reach extends AsyncDisposable {
  /**
   * Where a container's port answers this process now. Ask again for every round: a new container has a new address.
   * @throws UserError when it has none: not running, or on no network.
   */
  address(info: ContainerInspectInfo, port: number): Promise<Address>;
}

/**
 * Straight to the container's address where the engine is on this Linux machine; else by a local port each, forwarded
 * through a toolbox container among the stack's that lives as long as this process.
 */
export async function openReach(engine: Engine, environment: string): Promise<Reach> {
  if (!engine.remote && engine.dockerHost.startsWith("unix://") && process.platform === "linux") return direct;
  return await Forwarding.open(engine, environment);
}

/** The first address that a container has on any network. @throws UserError when there is none. */
export function containerAddress(info: ContainerInspectInfo): string {
  const name = info.Name.slice(1);
  if (!info.State.Running) throw new UserError(`${name} does not run`);
  const address = Object.values(info.NetworkSettings.Networks).find(({ IPAddress }) => IPAddress)?.IPAddress;
  if (!address) throw new UserError(`${name} is on no network`);
  return address;
}

const direct: Reach = {
  address: async (info, port) => ({ host: containerAddress(info), port }),
  [Symbol.asyncDispose]: async () => {},
};

class Forwarding implements Reach {
  readonly #foothold: Foothold;
  readonly #servers = new Map<string, Promise<Server>>();

  private constructor(foothold: Foothold) {
    this.#foothold = foothold;
  }

  static async open(engine: Engine, environment: string): Promise<Forwarding> {
    return new Forwarding(await Foothold.open(engine, await toolboxOn(engine), { [label.environment]: environment }));
  }

  async address(info: ContainerInspectInfo, port: number): Promise<Address> {
    const target = `${containerAddress(info)}:${port}`;
    const known = this.#servers.get(target) ?? listen((socket) => void this.#forward(socket, target));
    this.#servers.set(target, known);
    const server = await known;
    return { host: "127.0.0.1", port: (server.address() as { port: number }).port };
  }

  async #forward(socket: Socket, target: string): Promise<void> {
    socket.on("error", () => {});
    try {
      const far = await this.#foothold.dial(target);
      far.on("error", () => socket.destroy()).once("close", () => socket.destroySoon());
      socket.once("close", () => far.destroy());
      socket.pipe(far).pipe(socket);
    } catch (error) {
      socket.destroy(new Error(messageOf(error)));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers.values()) (await server).close();
    await this.#foothold[Symbol.asyncDispose]();
  }
}

/** The toolbox that a deploy put on the host. @throws UserError when there is none. */
export async function toolboxOn(engine: Engine): Promise<string> {
  const [image] = await engine.docker.listImages({ filters: { reference: ["understudy/toolbox"] } });
  const name = image?.RepoTags?.[0] ?? image?.Id;
  if (name) return name;
  throw new UserError(`${engine.host} lacks the toolbox image`, {
    next: "A deploy brings it, or on this machine: pnpm images:build toolbox",
  });
}

async function listen(handle: (socket: Socket) => void): Promise<Server> {
  const server = createServer(handle).listen(0, "127.0.0.1");
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("listening", resolve).once("error", reject);
  await promise;
  server.unref();
  return server;
}

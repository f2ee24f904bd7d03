import type { Duplex } from "node:stream";
import { amongContainers, startAttached } from "./attached.ts";
import type { Engine } from "./engine.ts";
import { execStream } from "./exec.ts";
import { type HttpAnswer, type HttpDoor, type HttpOptions, httpOver } from "./http-over.ts";

/** A toolbox where a stack's containers can be reached, that lives no longer than this process. */
export class Foothold implements AsyncDisposable, HttpDoor {
  readonly #engine: Engine;
  readonly #container: string;
  readonly #input: Duplex;

  private constructor(engine: Engine, container: string, input: Duplex) {
    this.#engine = engine;
    this.#container = container;
    this.#input = input;
  }

  /** @param image a toolbox image that is present */
  static async open(engine: Engine, image: string, labels: Record<string, string> = {}): Promise<Foothold> {
    const { id, stream } = await startAttached(engine, {
      Image: image,
      Cmd: ["cat"],
      Labels: labels,
      HostConfig: { NetworkMode: amongContainers, Memory: 268_435_456 },
    });
    stream.on("error", () => {}).resume();
    return new Foothold(engine, id, stream);
  }

  /** A TCP connection to `address:port`, made from there. */
  dial(target: string): Promise<Duplex> {
    return execStream(this.#engine, this.#container, ["socat", "-", `TCP:${target},connect-timeout=5`]);
  }

  async http(url: URL, options: HttpOptions = {}): Promise<HttpAnswer> {
    const socket = await this.dial(`${url.hostname}:${url.port || 80}`);
    try {
      return await httpOver(socket, url, options);
    } finally {
      socket.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#input.end();
    const container = this.#engine.docker.getContainer(this.#container);
    await container.remove({ force: true }).catch(() => {});
  }
}

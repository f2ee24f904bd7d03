import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type Engine, isGone, sourceRoot, statusOf } from "@understudy/core";
import { builtName } from "@understudy/images";

/** The port of each service behind the edge, as compose/haproxy says it. */
const ports = { n8n: 5678, letta: 8283 } as const;
export type EdgeService = keyof typeof ports;

const serviceFile = fileURLToPath(new URL("edge-service.mjs", import.meta.url));

/** The stack's real HAProxy image and configuration, and in place of what is behind it a small service each. */
export class EdgeStack implements AsyncDisposable {
  readonly name = `ust-edge-${randomBytes(3).toString("hex")}`;
  readonly #engine: Engine;

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  static async start(engine: Engine): Promise<EdgeStack> {
    const stack = new EdgeStack(engine);
    await engine.docker.createNetwork({ Name: stack.name });
    await stack.#run("haproxy", {
      Image: await builtName("haproxy"),
      Cmd: ["haproxy", "-f", "/usr/local/etc/haproxy"],
      Env: ["EDGE_LOG_LEVEL=info"],
      ExposedPorts: Object.fromEntries(Object.values(ports).map((port) => [`${port}/tcp`, {}])),
      HostConfig: {
        PublishAllPorts: true,
        Binds: ["10-http.cfg", "hold.lua"].map(
          (file) => `${sourceRoot}/compose/haproxy/${file}:/usr/local/etc/haproxy/${file}:ro`,
        ),
      },
    });
    return stack;
  }

  containerOf(service: string): string {
    return `${this.name}-${service}`;
  }

  /** Start a container of a service under a name of its own. `boot`: how long it takes connections without serving, ms. */
  async run(service: EdgeService, version: string, options: { as?: string; boot?: number } = {}): Promise<void> {
    const { as = service, boot = 0 } = options;
    const ready = `fetch("http://127.0.0.1:${ports[service]}").then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
    await this.#run(as, {
      Image: await builtName("node"),
      Cmd: ["node", "/service.mjs"],
      Env: [`PORT=${ports[service]}`, `VERSION=${version}`, `BOOT=${boot}`],
      Healthcheck: { Test: ["CMD", "node", "-e", ready], Interval: 60_000_000_000 },
      HostConfig: { Binds: [`${serviceFile}:/service.mjs:ro`, `${this.name}:/data`] },
    });
  }

  /** As the engine replaces a container: stopped, removed, another one made under its name. */
  async replace(service: EdgeService, version: string, boot: number): Promise<void> {
    await this.remove(service);
    await this.run(service, version, { boot });
  }

  async remove(name: string): Promise<void> {
    const container = this.#engine.docker.getContainer(this.containerOf(name));
    await container.stop();
    await container.remove();
  }

  /** Where a service answers, through the edge. */
  async url(service: EdgeService, path = "/"): Promise<URL> {
    const { NetworkSettings } = await this.#engine.docker.getContainer(this.containerOf("haproxy")).inspect();
    const [port] = NetworkSettings.Ports[`${ports[service]}/tcp`] ?? [];
    return new URL(`http://127.0.0.1:${port?.HostPort}${path}`);
  }

  async address(service: string): Promise<string> {
    const { NetworkSettings } = await this.#engine.docker.getContainer(this.containerOf(service)).inspect();
    return NetworkSettings.Networks[this.name]?.IPAddress ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { docker } = this.#engine;
    const gone = (error: unknown) => {
      if (!isGone(error)) throw error;
    };
    const containers = await docker.listContainers({ all: true, filters: { network: [this.name] } });
    await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }).catch(gone)));
    await docker.getNetwork(this.name).remove();
    await docker
      .getVolume(this.name)
      .remove()
      .catch((error) => {
        if (statusOf(error) !== 404) throw error;
      });
  }

  async #run(as: string, options: Parameters<Engine["docker"]["createContainer"]>[0]): Promise<void> {
    const container = await this.#engine.docker.createContainer({
      ...options,
      name: this.containerOf(as),
      HostConfig: { ...options.HostConfig, NetworkMode: this.name },
      NetworkingConfig: { EndpointsConfig: { [this.name]: { Aliases: [as] } } },
    });
    await container.start();
  }
}

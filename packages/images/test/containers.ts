import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** Containers, volumes and a network of one test run, named apart from everything else and removed together. */
export class Containers implements AsyncDisposable {
  readonly run = `understudy-contract-${randomBytes(4).toString("hex")}`;
  readonly #volumes = new Set<string>();

  static async create(): Promise<Containers> {
    const containers = new Containers();
    await docker("network", "create", "--label", "understudy.test=1", containers.run);
    return containers;
  }

  nameOf(service: string): string {
    return `${this.run}-${service}`;
  }

  /** Start (or replace) a service's container. Volumes are named by what they hold and outlive the container. */
  async start(service: string, image: string, options: StartOptions = {}): Promise<void> {
    const { env = {}, volumes = {}, ports = [], args = [], command = [] } = options;
    await docker("rm", "--force", "--volumes", this.nameOf(service)).catch(() => {});
    const mounts = Object.entries(volumes).map(([name, path]) => {
      const volume = `${this.run}-${name}`;
      this.#volumes.add(volume);
      return `--volume=${volume}:${path}`;
    });
    await docker(
      ...["run", "--detach", "--label=understudy.test=1", `--name=${this.nameOf(service)}`],
      ...[`--network=${this.run}`, `--network-alias=${service}`, "--health-interval=2s", "--memory=2g"],
      ...Object.entries(env).map(([name, value]) => `--env=${name}=${value}`),
      ...ports.map((port) => `--publish=127.0.0.1::${port}`),
      ...mounts,
      ...args,
      image,
      ...command,
    );
  }

  /** Wait for the image's own health check; says the last log lines when it does not come. */
  async healthy(service: string, seconds = 300): Promise<void> {
    const end = Date.now() + seconds * 1000;
    let state = "";
    while (Date.now() < end) {
      state = await docker("inspect", "--format={{.State.Status}} {{.State.Health.Status}}", this.nameOf(service));
      if (state === "running healthy") return;
      if (state.startsWith("exited")) break;
      await sleep(500);
    }
    throw new Error(`${service} is ${state}:\n${await this.logs(service)}`);
  }

  async logs(service: string): Promise<string> {
    const { stdout, stderr } = await promisify(execFile)("docker", ["logs", "--tail=30", this.nameOf(service)]);
    return stdout + stderr;
  }

  /** @returns what the command printed. @throws when it fails. */
  async exec(service: string, ...command: string[]): Promise<string> {
    return await docker("exec", this.nameOf(service), ...command);
  }

  async execAsRoot(service: string, script: string): Promise<string> {
    return await docker("exec", "--user=0", this.nameOf(service), "sh", "-c", script);
  }

  async url(service: string, port: number): Promise<string> {
    const address = await docker("port", this.nameOf(service), `${port}/tcp`);
    return `http://${address.split("\n")[0]}`;
  }

  /** Stop by the image's own signal. @returns the exit code; 137 means that it had to be killed after a minute. */
  async stop(service: string): Promise<number> {
    await docker("stop", "--time=60", this.nameOf(service));
    return Number(await docker("inspect", "--format={{.State.ExitCode}}", this.nameOf(service)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ids = await docker("ps", "--all", "--quiet", `--filter=name=${this.run}-`);
    if (ids) await docker("rm", "--force", "--volumes", ...ids.split("\n"));
    if (this.#volumes.size > 0) await docker("volume", "rm", "--force", ...this.#volumes);
    await docker("network", "rm", this.run);
  }
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Volume name → path in the container. */
  readonly volumes?: Readonly<Record<string, string>>;
  readonly ports?: readonly number[];
  /** Further flags of `docker run`. */
  readonly args?: readonly string[];
  readonly command?: readonly string[];
}

/** Run the docker client; resolves with its trimmed output. */
export async function docker(...args: string[]): Promise<string> {
  const running = promisify(execFile)("docker", args, { maxBuffer: 64 * 1024 * 1024 });
  // Nothing is ever typed into it; `docker run --interactive` would wait for ever.
  running.child.stdin?.end();
  return (await running).stdout.trim();
}

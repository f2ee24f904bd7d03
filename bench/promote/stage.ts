import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { connectEngine, type Engine, exec, ofStack, sourceRoot } from "../../packages/core/src/index.ts";
import { createInstallation, type TestInstallation } from "../../packages/deploy/test/support/installation.ts";
import { edit } from "../../packages/deploy/test/support/tiny-stack.ts";
import { type ServiceName, serviceNames } from "./services.ts";

const compose = "compose/docker-compose.yml";
export const productionOffset = 16_000;

/** This machine's own address: requests to loopback would go through Docker's proxy, as no caller's from outside does. */
export const hostAddress =
  Object.entries(networkInterfaces())
    .filter(([name]) => !/^(docker|br-|veth)/.test(name))
    .flatMap(([, addresses = []]) => addresses)
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";

/** What production's edge publishes: the variable that says where, and its own port. */
export const ports = { N8N_PORT: 5_678, LETTA_PORT: 8_283, OPEN_WEBUI_PORT: 8_080 } as const;

/**
 * The delivered stack twice on this machine, in an installation of its own: production runs a release, and staging has
 * proven the next one, in which every service behind the edge is another.
 */
export class Stage implements AsyncDisposable {
  readonly installation: TestInstallation;
  readonly engine: Engine;

  private constructor(installation: TestInstallation, engine: Engine) {
    this.installation = installation;
    this.engine = engine;
  }

  /** @param hold whether the edge has what it takes to let requests wait, or to have another container serve them */
  static async open(hold: boolean, say: (line: string) => void): Promise<Stage> {
    const stage = new Stage(createInstallation(settings), await connectEngine("local"));
    try {
      stage.#writeFirstRelease(hold);
      stage.#git("init", "--quiet");
      stage.#commit("first");
      say("deploying production");
      await stage.installation.json("deploy:production");
      stage.changeRelease();
      stage.#commit("second");
      say("deploying staging");
      await stage.installation.json("deploy:staging");
      say("copying production's data to staging, and proving the second release there");
      await stage.installation.json("sync:production", "--yes");
      await stage.installation.json("promote", "--check");
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  get production(): string {
    return `${this.installation.project}-production`;
  }

  /** Say another release in the compose file, in every service behind the edge. */
  changeRelease(): void {
    const text = this.installation.read(compose);
    this.installation.write(
      compose,
      text.replace(/BENCH: "(\d+)"/g, (_, release) => `BENCH: "${Number(release) + 1}"`),
    );
  }

  /** Where production's edge serves a port. */
  url(port: number): string {
    return `http://${hostAddress}:${port + productionOffset}`;
  }

  /** Its containers and networks. */
  async removeProduction(): Promise<void> {
    const filters = ofStack(this.production);
    const { docker } = this.engine;
    for (const { Id } of await docker.listContainers({ all: true, filters })) {
      await docker.getContainer(Id).remove({ force: true });
    }
    for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
  }

  /** Run SQL in a database of production, past the product. @returns its rows, one a line */
  async query(database: string, sql: string): Promise<string[]> {
    // As ours names it, or Docker Compose.
    const name = [`^/${this.production}[-_]postgres(_1)?$`];
    const [postgres] = await this.engine.docker.listContainers({ filters: { name } });
    const command = ["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", sql];
    const { exitCode, stdout, stderr } = await exec(this.engine, postgres?.Id ?? "", command, { keep: 1_000_000_000 });
    if (exitCode !== 0) throw new Error(stderr);
    return stdout.split("\n").filter(Boolean);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.installation[Symbol.asyncDispose]();
    await this.engine.close();
  }

  #writeFirstRelease(hold: boolean): void {
    const { installation } = this;
    cpSync(join(sourceRoot, "compose"), join(installation.root, "compose"), { recursive: true });
    for (const service of serviceNames) {
      const text = installation.read(compose);
      installation.write(compose, text.replace(environmentOf(service), '$&      BENCH: "1"\n'));
    }
    edit(installation, "understudy.yml", "backup: {}", `backup: { repository: ${installation.root}/repository }`);
    // Without its runtime API nothing tells the edge to let requests wait; it still tries again where nobody listens.
    if (!hold) edit(installation, "compose/haproxy/10-http.cfg", "  stats socket", "  # stats socket");
    installation.write(".gitignore", ".env.*\n.understudy/\nlogs/\nstaging-data/\nrepository/\n");
  }

  #git(...args: string[]): void {
    execFileSync("git", ["-C", this.installation.root, ...args], { stdio: "pipe" });
  }

  #commit(message: string): void {
    this.#git("add", ".");
    this.#git("-c", "user.name=Bench", "-c", "user.email=bench@example.org", "commit", "--quiet", "-m", message);
  }
}

function environmentOf(service: ServiceName): RegExp {
  return new RegExp(`^  ${service}:\\n[^]*?^    environment:\\n`, "m");
}

const settings = `backup: {}
promote: { settleSeconds: 5 }
environments:
  staging: { kind: staging, profile: laptop, portOffset: 8000 }
  production: { kind: production, profile: server, portOffset: ${productionOffset}, bind: ${hostAddress}, egress: none }
`;

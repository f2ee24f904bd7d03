import { exec } from "../../packages/core/src/index.ts";
import { type Connection, connect } from "../../packages/postgres/src/index.ts";
import { type Server, startServer } from "../../packages/postgres/test/support/server.ts";
import { randomKey } from "../../packages/sync/test/support/service-stage.ts";

/** Makes the tables, and writes down n8n's version there, which only its server does. */
const startOnce = `n8n start & until wget -q -O /dev/null http://127.0.0.1:5678/healthz/readiness; do sleep 1; done; kill $!; wait`;

/** Two databases that a real n8n made, and an n8n without a server on each, for its own commands. */
export class BenchStage implements AsyncDisposable {
  readonly server: Server;
  readonly #containers = new Map<string, string>();

  private constructor(server: Server) {
    this.server = server;
  }

  static async open(databases: readonly string[]): Promise<BenchStage> {
    const stage = new BenchStage(await startServer());
    const key = randomKey();
    for (const database of databases) {
      await stage.server.run("postgres", `CREATE DATABASE ${database}`);
      await stage.#start(database, key);
    }
    return stage;
  }

  /** n8n's own command line. */
  async n8n(database: string, ...args: readonly string[]): Promise<string> {
    const container = this.#containers.get(database) ?? "";
    const { exitCode, stdout, stderr } = await exec(this.server.engine, container, ["n8n", ...args]);
    if (exitCode !== 0) throw new Error(`n8n ${args[0]} ended with ${exitCode}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Put a file of one container into another. */
  async copyFile(from: string, to: string, path: string): Promise<void> {
    const { engine } = this.server;
    const read = await exec(engine, this.#containers.get(from) ?? "", ["cat", path], { keep: 1_000_000_000 });
    const script = 'cat > "$1"';
    await exec(engine, this.#containers.get(to) ?? "", ["sh", "-c", script, "sh", path], { stdin: read.stdout });
  }

  /** A database's address, with the password. */
  url(database: string): string {
    const { host, port, user, password } = this.server.options;
    return `postgres://${user}:${password}@${host}:${port}/${database}`;
  }

  connect(database: string): Promise<Connection> {
    return connect({ ...this.server.options, database, timeout: 60_000, bulk: true });
  }

  async #start(database: string, key: string): Promise<void> {
    const { engine, options } = this.server;
    const [image] = await engine.docker.listImages({ filters: { reference: ["understudy/n8n"] } });
    const values = {
      ...{ DB_TYPE: "postgresdb", DB_POSTGRESDB_HOST: options.host, DB_POSTGRESDB_DATABASE: database },
      ...{ DB_POSTGRESDB_USER: "postgres", DB_POSTGRESDB_PASSWORD: options.password },
      ...{ N8N_ENCRYPTION_KEY: key, N8N_DIAGNOSTICS_ENABLED: "false" },
    };
    const container = await engine.docker.createContainer({
      Image: image?.RepoTags?.[0] ?? "",
      Entrypoint: ["sleep", "infinity"],
      Env: Object.entries(values).map(([name, value]) => `${name}=${value}`),
      Healthcheck: { Test: ["NONE"] },
    });
    await container.start();
    this.#containers.set(database, container.id);
    await exec(engine, container.id, ["sh", "-c", startOnce]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of this.#containers.values()) {
      await this.server.engine.docker.getContainer(id).remove({ force: true, v: true });
    }
    await this.server[Symbol.asyncDispose]();
  }
}

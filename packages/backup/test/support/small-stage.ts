import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connectEngine, type Engine, exec } from "@understudy/core";
import { createInstallation, type TestInstallation } from "../../../deploy/test/support/installation.ts";
import { edit } from "../../../deploy/test/support/tiny-stack.ts";
import { writeSmallStack } from "../../../sync/test/support/small-stage.ts";

/** What a stage holds: the old data, the new, or nothing whole. */
export type Content = "old" | "new";

export interface StageOptions {
  /** Of its ports. */
  readonly offset: number;
  readonly kind?: "production" | "staging";
  /** Where its backups go, on the host; in the installation unless told. */
  readonly repository?: string;
  /** Of the disk that its database is on; without it, the host's. */
  readonly diskSize?: string;
}

/** A small stack with a database and a volume, deployed, whose backups can be cut off anywhere. */
export class SmallStage implements AsyncDisposable {
  readonly installation: TestInstallation;
  readonly engine: Engine;
  readonly #options: StageOptions;
  readonly #kind: "production" | "staging";

  private constructor(installation: TestInstallation, engine: Engine, options: StageOptions) {
    this.installation = installation;
    this.engine = engine;
    this.#options = options;
    this.#kind = options.kind ?? "staging";
  }

  static async open(options: StageOptions): Promise<SmallStage> {
    const { offset, kind = "staging" } = options;
    const environment = `{ kind: ${kind}, portOffset: ${offset}, bind: 127.0.0.1, healthTimeoutSeconds: 60 }`;
    const installation = createInstallation(`environments:\n  ${kind}: ${environment}\n`);
    const stage = new SmallStage(installation, await connectEngine("local"), options);
    try {
      const { repository = `${installation.root}/repository` } = options;
      const settings = installation.read("understudy.yml");
      installation.write("understudy.yml", `${settings}backup: { repository: "${repository}" }\n`);
      writeSmallStack(installation);
      const compose = "compose/docker-compose.yml";
      edit(
        installation,
        compose,
        "    networks: [internal, edge]",
        "    volumes: [files:/files]\n    networks: [internal, edge]",
      );
      edit(installation, compose, "\nsecrets:\n  config:", "\n  files: {}\nsecrets:\n  config:");
      if (options.diskSize) {
        const disk = `{ driver: local, driver_opts: { type: tmpfs, device: tmpfs, o: "size=${options.diskSize}" } }`;
        edit(installation, compose, "  postgres-data: {}", `  postgres-data: ${disk}`);
      }
      await installation.json(`deploy:${kind}`, "--env", "laptop");
      const { APP_DB_PASSWORD } = installation.env(kind);
      await stage.sql("postgres", `CREATE ROLE app LOGIN PASSWORD '${APP_DB_PASSWORD}'; CREATE DATABASE app OWNER app`);
      await stage.sql(
        "app",
        "CREATE TABLE marks (id serial, mark text, noise text); INSERT INTO marks (noise) SELECT md5(random()::text) FROM generate_series(1, 20000)",
      );
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The same stack, come back on another engine. */
  on(engine: Engine): SmallStage {
    return new SmallStage(this.installation, engine, this.#options);
  }

  /** Give database and files other content. */
  async fill(content: Content): Promise<void> {
    await this.sql("app", `UPDATE marks SET mark = '${content}'`);
    await this.#sh(`for i in $(seq 100); do echo ${content} > /files/$i; done`);
  }

  /** What database and files hold, both. @throws when that is not one thing. */
  async content(): Promise<Content> {
    const marks = await this.sql("app", "SELECT DISTINCT mark FROM marks");
    const files = (await this.#sh("cat /files/* | sort -u")).trim();
    if (marks !== files || !["old", "new"].includes(marks)) throw new Error(`database: ${marks}; files: ${files}`);
    return marks as Content;
  }

  /** Whether the edge answers, and every process of the stack runs. */
  async answers(): Promise<boolean> {
    const answer = await fetch(`http://127.0.0.1:${8_000 + this.#options.offset}/`, {
      signal: AbortSignal.timeout(2_000),
    });
    for (const service of ["postgres", "web"]) {
      const { Processes } = (await this.engine.docker
        .getContainer(this.container(service))
        .top({ ps_args: "-eo pid,stat" })) as {
        Processes: string[][];
      };
      if (Processes.some(([, state = ""]) => state.startsWith("T"))) return false;
    }
    return answer.ok;
  }

  /** What a run that is over has left behind, on the engine and in the database server. */
  async leftovers(): Promise<string[]> {
    const stackName = `${this.installation.project}-${this.#kind}`;
    const containers = (await this.engine.docker.listContainers({ all: true })).flatMap(({ Names }) => Names);
    const { Volumes } = await this.engine.docker.listVolumes();
    const networks = await this.engine.docker.listNetworks();
    const databases = await this.sql(
      "postgres",
      "SELECT datname FROM pg_database WHERE datname ~ '_(incoming|outgoing)$'",
    );
    const own = [this.container("postgres"), this.container("web")];
    return [
      ...containers.map((name) => name.slice(1)).filter((name) => name.startsWith(stackName) && !own.includes(name)),
      ...(Volumes ?? [])
        .map(({ Name }) => Name)
        .filter((name) => name.startsWith(stackName) && /_(incoming|proof)$/.test(name)),
      ...networks.map(({ Name }) => Name).filter((name) => name === `${stackName}-proof`),
      ...databases.split("\n").filter(Boolean),
    ];
  }

  /** Names of the steps in the journal, from a line on. */
  steps(from = 0): string[] {
    return this.installation.steps(this.#kind, from);
  }

  /** Where the newest restore is. */
  phase(): string | undefined {
    const file = join(this.installation.root, `.understudy/restores/${this.#kind}.json`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { phase: string }).phase : undefined;
  }

  container(service: string): string {
    return `${this.installation.project}-${this.#kind}-${service}`;
  }

  /** Rows without headings. */
  async sql(database: string, script: string): Promise<string> {
    const command = ["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-f", "-"];
    return (await this.#exec("postgres", command, { stdin: `${script};\n` })).trim();
  }

  async #sh(script: string): Promise<string> {
    return await this.#exec("web", ["bash", "-ec", script], { user: "0:0" });
  }

  async #exec(
    service: string,
    command: readonly string[],
    options: { stdin?: string; user?: string },
  ): Promise<string> {
    const { exitCode, stdout, stderr } = await exec(this.engine, this.container(service), command, options);
    if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}: ${stderr}${stdout}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.installation[Symbol.asyncDispose]();
    await this.engine.close();
  }
}

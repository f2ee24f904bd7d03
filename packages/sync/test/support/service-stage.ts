import { randomBytes } from "node:crypto";
import { statusOf } from "@understudy/core";
import { type Connection, connect, quoteLiteral } from "@understudy/postgres";
import { expect, vi } from "vitest";
import { type Server, startServer } from "../../../postgres/test/support/server.ts";
import { prepareService } from "../../src/services/prepare-service.ts";
import type { Fact, ServiceContext } from "../../src/services/service-data.ts";

/** A service that runs on one database of the stage. */
export interface RunningService extends AsyncDisposable {
  readonly url: string;
  /** Stop it, so that nothing holds its database. */
  stop(): Promise<void>;
}

export interface ServiceImage {
  /** As in images/. */
  readonly image: string;
  readonly port: number;
  /** Answers 200 once it serves. */
  readonly path: string;
  /** What its database needs. */
  readonly extensions?: readonly string[];
  environment(database: {
    readonly host: string;
    readonly name: string;
    readonly password: string;
  }): Record<string, string>;
}

/** One Postgres server with databases of production's and staging's, and a service's own image to run on them. */
export class ServiceStage implements AsyncDisposable {
  readonly server: Server;
  readonly #image: ServiceImage;
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor(server: Server, image: ServiceImage) {
    this.server = server;
    this.#image = image;
  }

  static async open(image: ServiceImage): Promise<ServiceStage> {
    return new ServiceStage(await startServer(), image);
  }

  /** Start the service on a database, which is made when it is not there. */
  async start(database: string, more: Record<string, string> = {}): Promise<RunningService> {
    const { engine, options } = this.server;
    const existing = await this.query("postgres", `SELECT FROM pg_database WHERE datname = ${quoteLiteral(database)}`);
    if (existing.length === 0) await this.#create(database);
    const { image, port, path, environment } = this.#image;
    const [found] = await engine.docker.listImages({ filters: { reference: [`understudy/${image}`] } });
    const values = { ...environment({ host: options.host, name: database, password: options.password }), ...more };
    const container = await engine.docker.createContainer({
      Image: found?.RepoTags?.[0] ?? "",
      Env: Object.entries(values).map(([name, value]) => `${name}=${value}`),
      Healthcheck: { Test: ["NONE"] },
    });
    const stop = () => container.remove({ force: true, v: true });
    this.#stops.push(() => stop().catch(alreadyGone));
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const url = `http://${Object.values(NetworkSettings.Networks)[0]?.IPAddress}:${port}`;
    const answers = async () => expect((await fetch(url + path)).status).toBe(200);
    await vi.waitFor(answers, { timeout: 240_000, interval: 500 });
    return { url, stop, [Symbol.asyncDispose]: stop };
  }

  async #create(database: string): Promise<void> {
    const { extensions = [] } = this.#image;
    await this.server.run("postgres", `CREATE DATABASE ${database}`);
    await this.server.run(database, ...extensions.map((extension) => `CREATE EXTENSION ${extension}`));
  }

  /** A copy of a database beside it, as a sync loads it; nothing may be connected to the original. */
  async copy(from: string, to: string): Promise<void> {
    await this.server.run("postgres", `DROP DATABASE IF EXISTS ${to}`, `CREATE DATABASE ${to} TEMPLATE ${from}`);
  }

  /** Prepare the database `incoming`, from `production` and `live`, as the one that is called `database` in a stack. */
  async prepare(
    database: string,
    over: Partial<Pick<ServiceContext, "productionValues" | "stagingValues" | "n8n">> & { withoutLive?: boolean } = {},
  ): Promise<Fact[]> {
    await using production = await this.connect("production", true);
    await using incoming = await this.connect("incoming");
    await using live = await this.connect("live", true);
    return await prepareService(database, {
      production,
      incoming,
      live: over.withoutLive ? undefined : live,
      productionValues: over.productionValues ?? {},
      stagingValues: over.stagingValues ?? {},
      n8n: over.n8n ?? { activeWorkflows: [], executions: "drop", credentials: "stub" },
    });
  }

  async connect(database: string, readOnly = false): Promise<Connection> {
    return await connect({ ...this.server.options, database, readOnly, timeout: 30_000 });
  }

  async query<Row>(database: string, text: string): Promise<Row[]> {
    await using session = await this.connect(database);
    return await session.query<Row>(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) await stop();
    await this.server[Symbol.asyncDispose]();
  }
}

function alreadyGone(error: unknown): void {
  if (statusOf(error) !== 404) throw error;
}

/** A key as deploys make them. */
export function randomKey(): string {
  return randomBytes(32).toString("hex");
}

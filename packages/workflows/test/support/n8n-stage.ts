import { randomUUID } from "node:crypto";
import { silentLog } from "@understudy/core";
import type { Connection } from "@understudy/postgres";
import { expect } from "vitest";
import { randomKey, ServiceStage } from "../../../sync/test/support/service-stage.ts";
import type { N8nSide } from "../../src/database/open.ts";
import { openTables } from "../../src/database/tables.ts";
import { type MigrationFile, unwritten } from "../../src/file/folder.ts";
import type { Migration } from "../../src/file/migration.ts";
import { type MigrateOptions, migrate } from "../../src/migrate/migrate.ts";
import type { MigrateReport } from "../../src/migrate/report.ts";
import { takeBackFrom } from "../../src/rollback/take-back.ts";

const encryptionKey = randomKey();

/** Databases that a real n8n made, which does not run any more: for everything but publishing. */
export class N8nStage implements AsyncDisposable {
  readonly #stage: ServiceStage;

  private constructor(stage: ServiceStage) {
    this.#stage = stage;
  }

  static async open(): Promise<N8nStage> {
    const stage = await ServiceStage.open({
      image: "n8n",
      port: 5678,
      path: "/healthz/readiness",
      environment: ({ host, name, password }) => ({
        DB_TYPE: "postgresdb",
        DB_POSTGRESDB_HOST: host,
        DB_POSTGRESDB_DATABASE: name,
        DB_POSTGRESDB_USER: "postgres",
        DB_POSTGRESDB_PASSWORD: password,
        N8N_DIAGNOSTICS_ENABLED: "false",
      }),
    });
    await using n8n = await stage.start("template_n8n", { N8N_ENCRYPTION_KEY: encryptionKey });
    const owner = { email: "owner@example.com", password: "Owner-pass-1", firstName: "O", lastName: "Wner" };
    const answer = await fetch(`${n8n.url}/rest/owner/setup`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(owner),
    });
    expect(answer.status, await answer.text()).toBe(200);
    return new N8nStage(stage);
  }

  /** A database of its own, as n8n left it. */
  async database(name: string): Promise<TestDatabase> {
    await this.#stage.copy("template_n8n", name);
    return new TestDatabase(await this.#stage.connect(name));
  }

  /** One that n8n never saw. */
  async empty(name: string): Promise<Connection> {
    await this.#stage.query("postgres", `CREATE DATABASE ${name}`);
    return await this.#stage.connect(name);
  }

  connect(name: string): Promise<Connection> {
    return this.#stage.connect(name);
  }

  /** Its address, with the password. */
  url(name: string): string {
    const { host, port, user, password } = this.#stage.server.options;
    return `postgres://${user}:${password}@${host}:${port}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stage[Symbol.asyncDispose]();
  }
}

/** One of them, as an environment. */
export class TestDatabase implements AsyncDisposable {
  readonly session: Connection;

  constructor(session: Connection) {
    this.session = session;
  }

  query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.session.query<Row>(text, values);
  }

  tables() {
    return openTables(this.session);
  }

  /** Bring it to what migrations say. */
  async migrate(
    migrations: readonly (Migration | MigrationFile)[],
    over: Partial<MigrateOptions> & { environment?: string } = {},
  ): Promise<MigrateReport> {
    const { environment = "staging", ...options } = over;
    return await this.#asSide(environment, (side) =>
      migrate(side, migrations.map(fileOf), {
        ...{ manner: "strict", resolve: "stop", to: undefined, outOfOrder: false, createStubs: false, log: silentLog },
        say: () => {},
        ...options,
      }),
    );
  }

  /** Take back what was applied to it after a moment. @returns the names, and what was said */
  async takeBack(migrations: readonly Migration[], since: Date): Promise<{ taken: string[]; said: string[] }> {
    const said: string[] = [];
    const options = { say: (line: string) => void said.push(line), log: silentLog };
    const files = migrations.map(fileOf);
    const taken = await this.#asSide("production", (side) => takeBackFrom(side, files, since, options));
    return { taken, said };
  }

  async #asSide<T>(name: string, work: (side: N8nSide) => Promise<T>): Promise<T> {
    const side = {
      stack: {
        installation: { stateDir: "/nowhere" },
        environment: { name, kind: "staging" },
        envFile: { values: { N8N_ENCRYPTION_KEY: encryptionKey, N8N_API_KEY: "key" } },
      },
      tables: await this.tables(),
      api: () => Promise.reject(new Error("nothing is to be published")),
    } as unknown as N8nSide;
    try {
      return await work(side);
    } finally {
      await this.query("SELECT pg_advisory_unlock_all()");
    }
  }

  /** A credential as a person makes it. @returns its id */
  async credential(type: string, name: string): Promise<string> {
    const id = randomUUID().replaceAll("-", "").slice(0, 16);
    await this.query("INSERT INTO credentials_entity (id, name, type, data) VALUES ($1, $2, $3, 'x')", [
      id,
      name,
      type,
    ]);
    return id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close();
  }
}

/** A migration as its file. */
export function fileOf(made: Migration | MigrationFile): MigrationFile {
  return "parse" in made ? made : unwritten(made);
}

import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { connectEngine, type Engine, exec } from "@understudy/core";
import { containerAddress } from "@understudy/environment";
import type { Node, Workflow, WorkflowDraft } from "@understudy/n8n";
import { expect, vi } from "vitest";
import { launcherShim } from "../../../../test/docs/launcher-shim.ts";
import { createInstallation, type TestInstallation } from "../../../deploy/test/support/installation.ts";
import { TestN8n } from "../../../health/test/support/workflow-n8n.ts";

export type Name = "staging" | "production";

const compose = `services:
  postgres:
    image: pgvector/pgvector:0.8.0-pg17
    environment:
      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD:?}
      POSTGRES_DB: n8n
      APP_DB_PASSWORD: \${APP_DB_PASSWORD:?}
      PGDATA: /var/lib/postgresql/data/pgdata
    volumes: [postgres-data:/var/lib/postgresql/data]
    networks: [internal]
    stop_signal: SIGINT
    healthcheck:
      test: [CMD, pg_isready, -q, -h, 127.0.0.1, -U, postgres, -d, n8n]
      interval: 2s
      start_period: 1m
  n8n:
    image: n8nio/n8n:2.41.1
    labels: { understudy.replace: hold }
    environment:
      DB_TYPE: postgresdb
      DB_POSTGRESDB_HOST: postgres
      DB_POSTGRESDB_DATABASE: n8n
      DB_POSTGRESDB_USER: postgres
      DB_POSTGRESDB_PASSWORD: \${POSTGRES_PASSWORD:?}
      N8N_ENCRYPTION_KEY: \${N8N_ENCRYPTION_KEY:?}
      N8N_RUNNERS_MODE: internal
      N8N_SECURE_COOKIE: "false"
      N8N_DIAGNOSTICS_ENABLED: "false"
    volumes: [n8n-data:/home/node/.n8n]
    networks: [internal]
    depends_on:
      postgres: { condition: service_healthy }
    healthcheck:
      test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1:5678/healthz/readiness"]
      interval: 2s
      start_period: 3m
networks:
  internal: { internal: true }
volumes:
  postgres-data: {}
  n8n-data: {}
`;

const template = `# generate: password(40)
PULUMI_CONFIG_PASSPHRASE=
# generate: password(32)
POSTGRES_PASSWORD=
# generate: password(32)
APP_DB_PASSWORD=
# generate: hex(64)
N8N_ENCRYPTION_KEY=
N8N_OWNER_EMAIL=admin@example.com
# generate: password(24)
N8N_OWNER_PASSWORD=
N8N_API_KEY=
`;

const settings = `environments:
  staging: { kind: staging, profile: laptop }
  production: { kind: production, profile: laptop }
`;

/** A staging and a production of Postgres and n8n, deployed and in git, and how tests reach into them: past the product. */
export class TwoN8ns implements AsyncDisposable {
  readonly installation: TestInstallation;
  readonly #engine: Engine;

  private constructor(installation: TestInstallation, engine: Engine) {
    this.installation = installation;
    this.#engine = engine;
  }

  static async open(): Promise<TwoN8ns> {
    const installation = createInstallation(settings);
    const stage = new TwoN8ns(installation, await connectEngine("local"));
    try {
      installation.write("compose/docker-compose.yml", compose);
      for (const overlay of ["staging", "laptop"])
        installation.write(`compose/docker-compose.${overlay}.yml`, "services: {}\n");
      installation.write("compose/env.template", template);
      installation.write("understudy", launcherShim());
      chmodSync(join(installation.root, "understudy"), 0o755);
      installation.write(".gitignore", ".understudy/\nlogs/\n.env.*\nrepository/\nstaging-data/\n");
      const backups = `backup: { repository: ${installation.root}/repository }\npromote: { settleSeconds: 1 }\n`;
      installation.write("understudy.yml", `${installation.read("understudy.yml")}${backups}`);
      stage.git("init", "--quiet", "--initial-branch", "main");
      stage.git("config", "user.email", "test@example.com");
      stage.git("config", "user.name", "Test");
      stage.commit("first");
      await installation.json("deploy:production");
      await installation.json("deploy:staging");
      // The checks of a promotion look for it.
      for (const name of ["production", "staging"] as const)
        await stage.sql(
          name,
          `CREATE ROLE app LOGIN PASSWORD '${installation.env(name).APP_DB_PASSWORD}';\nCREATE DATABASE app OWNER app;`,
        );
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  git(...args: string[]): string {
    return execFileSync("git", ["-C", this.installation.root, ...args], { encoding: "utf8" }).trim();
  }

  commit(message: string): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "-m", message);
  }

  async n8n(name: Name): Promise<{ readonly api: TestN8n; readonly url: string }> {
    const url = await this.url(name);
    return { api: new TestN8n(url, this.installation.env(name).N8N_API_KEY ?? ""), url };
  }

  /** A container's address changes with each start. */
  async url(name: Name): Promise<string> {
    const info = await this.#engine.docker.getContainer(this.container(name, "n8n")).inspect();
    return `http://${containerAddress(info)}:5678`;
  }

  container(name: Name, service: string): string {
    return `${this.installation.project}-${name}-${service}`;
  }

  /** Let a container do nothing, as if its machine hung, while something else is done. */
  async whilePaused(name: Name, service: string, act: () => Promise<void>): Promise<void> {
    const container = this.#engine.docker.getContainer(this.container(name, service));
    await container.pause();
    try {
      await act();
    } finally {
      await container.unpause();
    }
  }

  async stop(name: Name, service: string): Promise<void> {
    await this.#engine.docker.getContainer(this.container(name, service)).stop();
  }

  async start(name: Name, service: string): Promise<void> {
    await this.#engine.docker.getContainer(this.container(name, service)).start();
    const ready = async () => (await fetch(`${await this.url(name)}/healthz/readiness`).catch(() => undefined))?.status;
    await expect.poll(ready, { timeout: 120_000, interval: 500 }).toBe(200);
  }

  /** What a statement prints. */
  async sql(name: Name, text: string): Promise<string> {
    const command = ["psql", "-qtAX", "-U", "postgres", "-d", "n8n", "-v", "ON_ERROR_STOP=1", "-f", "-"];
    const { exitCode, stdout, stderr } = await exec(this.#engine, this.container(name, "postgres"), command, {
      stdin: text,
    });
    if (exitCode !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  /** What a webhook answers, once it is registered and says what is awaited. */
  async answers(name: Name, path: string, expected: unknown): Promise<void> {
    const ask = async () => {
      const answer = await fetch(`${await this.url(name)}/webhook/${path}`, { method: "POST" });
      const said = await answer.text();
      try {
        return JSON.parse(said) as unknown;
      } catch {
        return said;
      }
    };
    await vi.waitFor(async () => expect(await ask()).toEqual(expected), 30_000);
  }

  /** A login of Postgres under one name in both: its database is the environment's own. */
  async databaseCredential(name: Name, title: string): Promise<string> {
    const { api } = await this.n8n(name);
    const data = {
      ...{ host: "postgres", port: 5432, database: "n8n", user: "postgres", ssl: "disable", sshTunnel: false },
      ...{ password: this.installation.env(name).POSTGRES_PASSWORD, allowUnauthorizedCerts: false, maxConnections: 5 },
    };
    return (await api.call<{ id: string }>("POST", "/credentials", { name: title, type: "postgres", data })).id;
  }

  /** Let n8n's API key be one of a user of this role, who is made if there is none. */
  async giveKeyTo(name: Name, role: "global:owner" | "global:member"): Promise<void> {
    await this.sql(
      name,
      `INSERT INTO "user" (id, email, "roleSlug") SELECT gen_random_uuid(), 'user@example.com', '${role}'
         WHERE NOT EXISTS (SELECT FROM "user" WHERE "roleSlug" = '${role}');
       UPDATE user_api_keys SET "userId" = (SELECT id FROM "user" WHERE "roleSlug" = '${role}')`,
    );
  }

  async save(name: Name, id: string, change: (workflow: Workflow) => Partial<WorkflowDraft>): Promise<void> {
    const { api } = await this.n8n(name);
    const now = await api.get(id);
    const { nodes, connections, settings } = now;
    await api.call("PUT", `/workflows/${id}`, { name: now.name, nodes, connections, settings, ...change(now) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.installation[Symbol.asyncDispose]();
    await this.#engine.close();
  }
}

/** The same nodes, one of them with other parameters. */
export function withParameters(nodes: readonly Node[], name: string, parameters: Record<string, unknown>): Node[] {
  return nodes.map((one) => (one.name === name ? { ...one, parameters: { ...one.parameters, ...parameters } } : one));
}

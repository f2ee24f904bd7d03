import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { on } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { sourceRoot } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstallation, finished, type TestInstallation } from "../../deploy/test/support/installation.ts";
import { freePort } from "../../deploy/test/support/remote-host.ts";
import { chain, code, webhook } from "../../health/test/support/workflow-n8n.ts";
import { contentHash } from "../src/content/hash.ts";
import { MigrationFolder } from "../src/file/folder.ts";
import type { Migration } from "../src/file/migration.ts";
import { exampleContent, exampleMigration } from "../src/testing/example.ts";

/** `boot` tells which start of n8n answers. */
const compose = (port: number, boot: number) => `services:
  postgres:
    image: pgvector/pgvector:0.8.0-pg17
    environment:
      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD:?}
      POSTGRES_DB: n8n
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
    labels: { understudy.endpoint: "http://haproxy:5678/healthz/readiness" }
    environment:
      DB_TYPE: postgresdb
      DB_POSTGRESDB_HOST: postgres
      DB_POSTGRESDB_DATABASE: n8n
      DB_POSTGRESDB_USER: postgres
      DB_POSTGRESDB_PASSWORD: \${POSTGRES_PASSWORD:?}
      N8N_ENCRYPTION_KEY: \${N8N_ENCRYPTION_KEY:?}
      N8N_RUNNERS_MODE: internal
      N8N_DIAGNOSTICS_ENABLED: "false"
      N8N_BLOCK_ENV_ACCESS_IN_NODE: "false"
      BOOT: "${boot}"
    volumes: [n8n-data:/home/node/.n8n]
    networks: [internal]
    depends_on:
      postgres: { condition: service_healthy }
    healthcheck:
      test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1:5678/healthz/readiness"]
      interval: 2s
      start_period: 3m
  haproxy:
    image: haproxy:3.0.11
    command: [haproxy, -f, /usr/local/etc/haproxy]
    environment: { EDGE_LOG_LEVEL: info }
    secrets:
      - { source: hold, target: /usr/local/etc/haproxy/hold.lua }
      - { source: http, target: /usr/local/etc/haproxy/10-http.cfg }
    ports: ["127.0.0.1:${port}:5678"]
    networks: [internal, edge]
    depends_on:
      n8n: { condition: service_started }
networks:
  internal: { internal: true }
  edge: {}
volumes:
  postgres-data: {}
  n8n-data: {}
secrets:
  hold: { file: ./haproxy/hold.lua }
  http: { file: ./haproxy/10-http.cfg }
`;

const template = `# generate: password(40)
PULUMI_CONFIG_PASSPHRASE=
# generate: password(32)
POSTGRES_PASSWORD=
# generate: hex(64)
N8N_ENCRYPTION_KEY=
N8N_OWNER_EMAIL=admin@example.com
# generate: password(24)
N8N_OWNER_PASSWORD=
N8N_API_KEY=
`;

const ids = { webhook: randomUUID(), say: randomUUID() };

const version = (number: number) => {
  const say = code("Say", `return [{ json: { version: ${number}, boot: $env.BOOT } }];`);
  return exampleContent({
    name: "First",
    ...chain({ ...webhook("first"), id: ids.webhook, webhookId: "first" }, { ...say, id: ids.say }),
  });
};

/** Wait until a verb says a text to the person. */
async function says(verb: ChildProcess, text: string): Promise<void> {
  for await (const [chunk] of on(verb.stderr as Readable, "data", { close: ["close"] }))
    if (String(chunk).includes(text)) return;
}

describe("an n8n that starts behind its edge", () => {
  let installation: TestInstallation;
  let port = 0;
  const write = (migration: Partial<Migration>) =>
    new MigrationFolder(installation).write(exampleMigration({ publish: true, ...migration }));
  const start = (boot: number) => {
    installation.write("compose/docker-compose.yml", compose(port, boot));
    return installation.start("deploy:staging");
  };
  /** What the webhook answers through the edge, once that takes connections. */
  const ask = async (): Promise<unknown> => {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/webhook/first`, { method: "POST" }).catch(() => undefined);
      if (!answer) await sleep(50);
      else return answer.ok ? await answer.json() : answer.status;
    }
  };

  beforeAll(async () => {
    port = await freePort();
    installation = createInstallation(
      "environments:\n  staging: { kind: staging, profile: laptop }\npromote: { holdSeconds: 120 }\n",
    );
    for (const file of ["hold.lua", "10-http.cfg"])
      installation.write(`compose/haproxy/${file}`, readFileSync(join(sourceRoot, "compose/haproxy", file), "utf8"));
    for (const overlay of ["staging", "laptop"])
      installation.write(`compose/docker-compose.${overlay}.yml`, "services: {}\n");
    installation.write("compose/env.template", template);
    write({ name: "20261122120000_first.sql", content: version(1) });
  });
  afterAll(() => installation[Symbol.asyncDispose]());

  it("is met by nobody before its workflows are there, the first time", async () => {
    const deploy = start(1);
    // The edge takes connections a moment before the deploy can tell it to wait, and that is said.
    const held = says(deploy, "n8n: booting");
    const ended = finished(deploy);
    await Promise.race([held, ended]);
    expect(await ask()).toEqual({ version: 1, boot: "1" });
    const { exitCode, stderr } = await ended;
    expect(exitCode, stderr).toBe(0);
  });

  it("is met by nobody before its workflows are there, made anew", async () => {
    write({ name: "20261122120001_first.sql", content: version(2), basedOn: contentHash(version(1)) });
    const answers: unknown[] = [];
    const stopped = new AbortController();
    const asking = (async () => {
      while (!stopped.signal.aborted) {
        answers.push(await ask());
        await sleep(50);
      }
    })();
    const { exitCode, stderr } = await finished(start(2));
    stopped.abort();
    await asking;
    expect(exitCode, stderr).toBe(0);
    expect(answers).toContainEqual({ version: 1, boot: "1" });
    expect(answers).toContainEqual({ version: 2, boot: "2" });
    const others = answers.filter((answer) => !/"version":(\d),"boot":"\1"/.test(JSON.stringify(answer)));
    expect(others).toEqual([]);
  });

  it("and restarted", async () => {
    write({ name: "20261122120002_first.sql", content: version(3), basedOn: contentHash(version(2)) });
    const asked = (async () => {
      for (;;) {
        const answer = await ask();
        if (JSON.stringify(answer) !== '{"version":2,"boot":"2"}') return answer;
        await sleep(50);
      }
    })();
    const { exitCode, stderr } = await installation.run("restart", "n8n", "--staging");
    expect(exitCode, stderr).toBe(0);
    expect(await asked).toEqual({ version: 3, boot: "2" });
  });
});

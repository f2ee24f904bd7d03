import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ComposeModel, loadCompose } from "@understudy/compose";
import { type Installation, parseSettings, resolveEnvironment } from "@understudy/core";
import { expect, it } from "vitest";
import { externalPostgresVariables, managedPostgres, managedPostgresFile, postgresUser } from "./managed-postgres.ts";

const model = (labels: Record<string, string>, environment: Record<string, string> = {}) =>
  ({ services: { postgres: { labels, environment } } }) as unknown as ComposeModel;

const target = (external: string, root: string) => {
  const settings = parseSettings(`environments: { live: { kind: production${external} } }`, "understudy.yml");
  return { installation: { root } as Installation, settings, environment: resolveEnvironment(settings, "live") };
};

it("is told by the labels of what stands in its place", () => {
  const labels = {
    "understudy.managed": "db.example.org:5432",
    "understudy.databases": "n8n=N8N_DB_PASSWORD app=APP_DB_PASSWORD+vector",
    "understudy.trial": "pgvector/pgvector:0.8.0-pg17",
  };
  expect(managedPostgres(model(labels, { POSTGRES_USER: "boss" }))).toEqual({
    ...{ place: "db.example.org:5432", user: "boss", trial: "pgvector/pgvector:0.8.0-pg17" },
    databases: [
      { name: "n8n", variable: "N8N_DB_PASSWORD", extension: undefined },
      { name: "app", variable: "APP_DB_PASSWORD", extension: "vector" },
    ],
  });
  expect(managedPostgres(model({}))).toBeUndefined();
  expect(postgresUser(model({}))).toBe("postgres");
});

it("leaves of the stack's own Postgres its name, and no data and no password", async () => {
  const files = ["docker-compose.yml", "docker-compose.laptop.yml", managedPostgresFile];
  const passwords = "POSTGRES N8N_DB LETTA_DB OPENWEBUI_DB APP_DB LETTA_SERVER WEBUI_ADMIN NEO4J".split(" ");
  const secrets = Object.fromEntries(passwords.map((name) => [`${name}_PASSWORD`, "planted"]));
  const keys = { N8N_ENCRYPTION_KEY: "k", LETTA_ENCRYPTION_KEY: "k", WEBUI_SECRET_KEY: "k" };
  const external = externalPostgresVariables(
    target(", postgres: { external: { host: db.example.org, user: boss } }", "/"),
  );
  const { services, volumes } = await loadCompose({
    files: files.map((name) => fileURLToPath(new URL(`../../../compose/${name}`, import.meta.url))),
    variables: { ...secrets, ...keys, ...external },
  });
  expect(JSON.stringify(services.postgres)).not.toContain("planted");
  expect(services.postgres).toMatchObject({ volumes: [], command: ["node", "/opt/gateway.mts"], user: "node" });
  expect(Object.keys(volumes)).not.toContain("postgres-data");
  const users = Object.values(services).filter(({ networks }) => networks.managed);
  expect(users.map(({ name }) => name)).toEqual(["postgres"]);
});

it("names what is no database in a label", () => {
  const labels = { "understudy.managed": "h:1", "understudy.databases": "app" };
  expect(() => managedPostgres(model(labels))).toThrow('label understudy.databases has "app", which names no database');
});

it("gives the compose files where it is and whom to trust", () => {
  const root = mkdtempSync(join(tmpdir(), "understudy-ca-"));
  try {
    const external = ", postgres: { external: { host: db.example.org, user: boss, tls: { ca: ca.pem } } }";
    expect(() => externalPostgresVariables(target(external, root))).toThrow(
      /ca\.pem is missing, the CA of db\.example\.org$/,
    );
    writeFileSync(join(root, "ca.pem"), "the CA\n");
    expect(externalPostgresVariables(target(external, root))).toEqual({
      ...{ POSTGRES_EXTERNAL_HOST: "db.example.org", POSTGRES_EXTERNAL_PORT: "5432", POSTGRES_EXTERNAL_USER: "boss" },
      ...{ POSTGRES_EXTERNAL_TLS_NAME: "db.example.org", POSTGRES_EXTERNAL_CA: "the CA\n" },
    });
    expect(externalPostgresVariables(target("", root))).toEqual({});
  } finally {
    rmSync(root, { recursive: true });
  }
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeModel } from "@understudy/compose";
import { type Installation, parseSettings, resolveEnvironment } from "@understudy/core";
import { expect, it } from "vitest";
import { externalPostgresVariables, managedPostgres, postgresUser } from "./managed-postgres.ts";

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

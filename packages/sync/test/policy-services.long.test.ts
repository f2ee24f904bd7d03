import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, readCatalog } from "@understudy/postgres";
import { describe, expect, it, onTestFinished } from "vitest";
import { probeMasks } from "../src/plan/probe-masks.ts";
import { resolveDatabase } from "../src/plan/resolve/resolve-database.ts";
import { findUnknownPaths } from "../src/plan/resolve/unknown-paths.ts";
import { readPolicy } from "../src/policy/read-policy.ts";
import { type ServiceImage, ServiceStage } from "./support/service-stage.ts";

const services: Readonly<Record<string, ServiceImage>> = {
  n8n: {
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
  },
  letta: {
    image: "letta",
    port: 8283,
    path: "/v1/health/",
    extensions: ["vector"],
    environment: ({ host, name, password }) => ({
      LETTA_PG_URI: `postgresql://postgres:${password}@${host}:5432/${name}`,
    }),
  },
  openwebui: {
    image: "open-webui",
    port: 8080,
    path: "/health",
    extensions: ["vector"],
    environment: ({ host, name, password }) => ({
      DATABASE_URL: `postgresql://postgres:${password}@${host}:5432/${name}`,
      VECTOR_DB: "pgvector",
      WEBUI_SECRET_KEY: "none",
      RAG_EMBEDDING_ENGINE: "openai",
      OFFLINE_MODE: "true",
      HF_HUB_OFFLINE: "1",
    }),
  },
};

describe("the built-in policies", () => {
  it.each([
    ["n8n", ""],
    ["n8n", "n8n: { executions: keep }"],
    ["letta", ""],
    ["openwebui", ""],
  ])("know every table and column of %s, and hold (%j)", async (name, text) => {
    const root = mkdtempSync(join(tmpdir(), "policy-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    writeFileSync(join(root, "sanitize.yml"), text);
    await using stage = await ServiceStage.open(services[name] as ServiceImage);
    const service = await stage.start("production");
    await service.stop();
    await using session = await connect({
      ...stage.server.options,
      database: "production",
      bulk: true,
      readOnly: true,
    });
    await session.query("SELECT set_config('understudy.key', $1, false)", ["a".repeat(64)]);
    const catalog = await readCatalog(session);
    const { databases } = readPolicy({ root }, "server");
    const { tables, unknown, refused, notes } = resolveDatabase(databases[name], catalog);
    expect({ unknown, refused, notes }).toEqual({ unknown: [], refused: [], notes: [] });
    expect(tables.length).toBe(catalog.tables.filter(({ extension }) => !extension).length);
    expect(await findUnknownPaths([session], tables)).toEqual([]);
    await probeMasks(session, tables);
  });
});

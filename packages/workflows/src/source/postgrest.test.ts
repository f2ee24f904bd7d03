import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "@understudy/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contentOf } from "../content/stored.ts";
import { openNamed } from "./open.ts";
import { postgrestSource } from "./postgrest.ts";

type Tables = Record<string, Record<string, unknown>[]>;

const saved = "2026-11-20T10:00:00.5+00:00";
const workflow = (id: string, over = {}) => ({
  ...{ id, name: `W ${id}`, description: null, connections: {}, nodeGroups: [], settings: {}, isArchived: false },
  nodes: [{ name: "Save", type: "t", typeVersion: 1, parameters: {}, credentials: { postgres: { id: "c1" } } }],
  ...{ activeVersionId: null, versionId: "v", updatedAt: saved, parentFolderId: null, pinData: { secret: 1 } },
  ...over,
});

describe("n8n behind Supabase's REST API", () => {
  let tables: Tables;
  let server: Server;
  let url = "";
  const asked: string[] = [];

  beforeEach(async () => {
    tables = {
      instance_version_history: [{ major: 2, minor: 41, patch: 1 }],
      workflow_entity: [workflow("b", { parentFolderId: "f2" }), workflow("a", { name: "Orders" })],
      credentials_entity: [{ id: "c1", type: "postgres", name: "Orders DB" }],
      workflows_tags: [{ workflowId: "b", tagId: "t1" }],
      tag_entity: [{ id: "t1", name: "sales" }],
      folder: [
        { id: "f1", name: "Outer", parentFolderId: null },
        { id: "f2", name: "Inner", parentFolderId: "f1" },
      ],
      project: [{ id: "p1", name: "Team", type: "team" }],
      shared_workflow: [{ workflowId: "b", projectId: "p1", role: "workflow:owner" }],
    };
    asked.length = 0;
    // Rows of a table, filtered by equality and lists, picked, limited: the part of PostgREST that is asked for.
    server = createServer((request, response) => {
      const address = new URL(request.url ?? "", "http://x");
      asked.push(`${request.method} ${address.pathname}`);
      const say = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
      if (request.headers.apikey !== "the-key-of-the-service") return say(401, { message: "Invalid API key" });
      const rows = tables[address.pathname.replace("/rest/v1/", "")];
      if (!rows) return say(404, { message: "Could not find the table" });
      const query = Object.fromEntries(address.searchParams);
      const ids = /^in\.\((.*)\)$/.exec(query.id ?? "")?.[1];
      const wanted = rows.filter(({ id }) => ids === undefined || (JSON.parse(`[${ids}]`) as unknown[]).includes(id));
      const sorted = query.order?.startsWith("id")
        ? wanted.toSorted((x, y) => (String(x.id) < String(y.id) ? -1 : 1))
        : wanted;
      const picked = query.select?.split(",");
      const from = Number(query.offset);
      const page = sorted.slice(from, from + Number(query.limit));
      return say(
        200,
        page.map((row) => (picked ? Object.fromEntries(picked.map((name) => [name, row[name]])) : row)),
      );
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const open = (key = "the-key-of-the-service") =>
    postgrestSource({ environment: "prod", source: "prod", url, key, schema: "public" });

  it("gives what travels, and asks for nothing else", async () => {
    const source = await open();
    expect(source.n8nVersion).toBe("2.41.1");
    const names = await source.credentialNames();
    const stored = await Array.fromAsync(source.workflows({}));
    expect(stored.map(({ id, updatedAt, teamProject }) => [id, updatedAt.toISOString(), teamProject])).toEqual([
      ["a", "2026-11-20T10:00:00.500Z", null],
      ["b", "2026-11-20T10:00:00.500Z", "Team"],
    ]);
    expect(stored.some((one) => "pinData" in one)).toBe(false);
    const [, b] = stored.map((one) => contentOf(one, names));
    expect(b).toMatchObject({ tags: ["sales"], folder: ["Outer", "Inner"] });
    expect(b?.nodes[0]?.credentials).toEqual({ postgres: { name: "Orders DB" } });
    expect(asked.every((line) => line.startsWith("GET "))).toBe(true);
  });

  it("finds by name, id and time, and reads any number", async () => {
    tables.workflow_entity?.push(
      ...Array.from({ length: 1_200 }, (_, n) => workflow(`x${n}`, { updatedAt: "2020-01-01T00:00:00Z" })),
    );
    const source = await open();
    const idsOf = async (filter: Parameters<typeof source.workflows>[0]) =>
      (await Array.fromAsync(source.workflows(filter))).map(({ id }) => id);
    expect(await idsOf({ name: "Orders" })).toEqual(["a"]);
    expect(await idsOf({ ids: ["b", "gone"] })).toEqual(["b"]);
    expect(await idsOf({ savedSince: new Date("2026-01-01") })).toEqual(["a", "b"]);
    expect(await idsOf({})).toHaveLength(1_202);
    expect(await source.list()).toHaveLength(1_202);
  });

  it("knows the migrations that were made of it, and those that it was given", async () => {
    tables.migration_metadata = [{ migration_file: "1.sql" }];
    const has = await (await open()).migrations();
    const made = { name: "2.sql", workflowId: "a", workflow: "A", hash: "", source: "dev", environment: "staging" };
    expect([has({ ...made, name: "1.sql" }), has(made), has({ ...made, source: "prod", environment: "prod" })]).toEqual(
      [true, false, true],
    );
  });

  it("says in one line what is wrong", async () => {
    await expect(open("wrong")).rejects.toThrow(/does not take the key: Invalid API key/);
    tables.instance_version_history = [{ major: 1, minor: 99, patch: 0 }];
    await expect(open()).rejects.toThrow("n8n 1 is not known here, only 2.x");
    delete tables.instance_version_history;
    await expect(open()).rejects.toThrow(/instance_version_history is not there/);
    server.close();
    server.closeAllConnections();
    await expect(open()).rejects.toThrow(/does not answer \(\w+\)/);
  });

  it("is opened by the variables that name it, whose values are never shown", async () => {
    const env = { PROD_SUPABASE_URL: url, PROD_SUPABASE_SERVICE_KEY: "the-key-of-the-service" };
    expect((await openNamed("PROD", "production", env))?.environment).toBe("production");
    expect(await openNamed("PROD", "production", {})).toBeUndefined();
    const local = { LOCAL_SUPABASE_URL: url, LOCAL_SUPABASE_KEY: "the-key-of-the-service" };
    expect((await openNamed("LOCAL", "staging", local))?.source).toBe("dev");
    await expect(openNamed("PROD", "production", { PROD_SUPABASE_URL: url })).rejects.toThrow(
      /PROD_SUPABASE_SERVICE_KEY is not/,
    );
    for (const address of ["mysql://me:hunter22@db/n8n", "hunter22", "postgres://me:hunter22@db/n8n?sslmode=maybe"]) {
      const refused = openNamed("PROD", "production", { PROD_DATABASE_URL: address });
      await expect(refused).rejects.toBeInstanceOf(UserError);
      await expect(refused).rejects.not.toThrow(/hunter22/);
    }
  });
});

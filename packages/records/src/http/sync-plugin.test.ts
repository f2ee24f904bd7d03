import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { fastify } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { revokeToken } from "../books/nodes.ts";
import type { Change } from "../packet/change.ts";
import { contentHash } from "../packet/content-hash.ts";
import { type SmallServer, startSmallServer } from "../testing/small-server.ts";
import { Metrics } from "./metrics.ts";
import { syncPlugin } from "./sync-plugin.ts";

const administrator = "the-administrators-own";
const uuid = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";
const change: Change = {
  entity_type: "notes",
  entity_uuid: uuid,
  operation: "INSERT",
  base_version: 0,
  stamp: "1",
  changed: null,
  data: { uuid, updated_at: "2026-01-01T00:00:00.000000Z", is_deleted: "false", a: "said" },
};

describe("the REST interface", () => {
  let small: SmallServer;
  let now: number;
  const failures: unknown[] = [];

  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    failures.length = 0;
    small = await startSmallServer({
      enrolmentSecret: "let me in",
      adminToken: administrator,
      metrics: new Metrics(3_600_000),
      clock: () => now,
      tokenLife: 3_600_000,
      largestBody: 200_000,
      largestPacket: 400_000,
      attemptsPerMinute: 1_000,
      report: (error) => failures.push(error),
    });
  });

  afterEach(() => small[Symbol.asyncDispose]());

  const post = async (path: string, payload: unknown, token?: string) => {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const {
      statusCode,
      headers: said,
      body,
    } = await small.server.http.inject({
      method: "POST",
      url: `/api/sync/${path}`,
      payload: payload as object,
      headers,
    });
    return { status: statusCode, headers: said, body: JSON.parse(body) };
  };
  const get = async (path: string, token?: string) => {
    const { statusCode, body } = await small.server.http.inject({
      url: `/api/sync/${path}`,
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });
    return { status: statusCode, body: JSON.parse(body) };
  };
  const register = async (code: string): Promise<{ node_id: string; auth_token: string }> =>
    (await post("register", { code, name: code, secret: "let me in" })).body;
  const packetOf = (node_id: string, changes: readonly Change[] = [change], packet_no = changes.length ? 1 : 0) => ({
    format: 1,
    schema_version: "1.0.0",
    node_id,
    sent_at: new Date(now).toISOString(),
    packet_no,
    content_hash: packet_no ? contentHash(packet_no, changes) : "",
    changes,
    acknowledged: 0,
    answer_no: 0,
    cursor: 0,
    watermark: 0,
    whole: true,
    limit: 100,
  });
  const exchange = (token: string, packet: unknown) => post("exchange", { packet_data: packet }, token);
  const rows = () => small.database.prepare("SELECT a FROM notes").all().length;

  it("registers, takes a packet, and tells how far a node is", async () => {
    const { node_id, auth_token } = await register("ann");
    const { status, body } = await exchange(auth_token, gzipSync(JSON.stringify(packetOf(node_id))).toString("hex"));
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        success: true,
        processed_count: 1,
        error_count: 0,
        packet_data: { acknowledges: 1, results: [{ status: "accepted" }] },
      },
    });
    expect(await get(`status/${node_id}`, auth_token)).toMatchObject({
      status: 200,
      body: { node_id, node_code: "ann", received_packet_no: 1, pending_changes: 0 },
    });
  });

  it("answers a packet that comes again with the same words, and applies it once", async () => {
    const { node_id, auth_token } = await register("ann");
    const first = await exchange(auth_token, packetOf(node_id));
    small.database.exec("UPDATE notes SET a = 'since'");
    const again = await exchange(auth_token, packetOf(node_id));
    expect(again.body.packet_data.results).toEqual(first.body.packet_data.results);
    expect(small.database.prepare("SELECT a FROM notes").get()?.a).toBe("since");
  });

  it("takes a code once, and knows no enrolment secret but its own", async () => {
    await register("ann");
    expect(await post("register", { code: "bob", name: "bob" })).toMatchObject({ status: 401 });
    expect(await post("register", { code: "bob", name: "bob", secret: "let me" })).toMatchObject({ status: 401 });
    const open = await startSmallServer();
    try {
      const send = () =>
        open.server.http.inject({ method: "POST", url: "/api/sync/register", payload: { code: "ann", name: "ann" } });
      expect((await send()).statusCode).toBe(201);
      expect((await send()).json()).toMatchObject({ success: false, error: { code: "code-taken", field: "code" } });
    } finally {
      await open[Symbol.asyncDispose]();
    }
  });

  it("gives nothing for a forged, ended or revoked token, and the old one is worth nothing after a new registration", async () => {
    const { node_id, auth_token } = await register("ann");
    for (const token of ["", "forged", `${auth_token}x`, "' OR 1=1 --"]) {
      expect(await exchange(token, packetOf(node_id))).toMatchObject({
        status: 401,
        body: { error: { code: "unauthorized", next: "Register again" } },
      });
    }
    const { auth_token: renewed } = await register("ann");
    expect(await exchange(auth_token, packetOf(node_id))).toMatchObject({ status: 401 });
    expect(await exchange(renewed, packetOf(node_id, []))).toMatchObject({ status: 200 });
    now += 3_600_001;
    expect(await exchange(renewed, packetOf(node_id, []))).toMatchObject({ status: 401 });
    const { auth_token: third } = await register("ann");
    await small.server.manager.store.transaction(() => revokeToken(node_id));
    expect(await exchange(third, packetOf(node_id, []))).toMatchObject({ status: 401 });
    expect(rows()).toBe(0);
  });

  it("keeps nodes apart", async () => {
    const [ann, bob] = [await register("ann"), await register("bob")];
    expect(await exchange(ann.auth_token, packetOf(bob.node_id))).toMatchObject({ status: 401 });
    expect(await get(`status/${bob.node_id}`, ann.auth_token)).toMatchObject({ status: 404 });
    expect(await get("status", ann.auth_token)).toMatchObject({ status: 200, body: { node_code: "ann" } });
    expect(await get("metrics", ann.auth_token)).toMatchObject({ status: 404 });
    expect(rows()).toBe(0);
  });

  it("shows the administrator all nodes, tables and figures, and takes no packet from them", async () => {
    const { node_id, auth_token } = await register("ann");
    await exchange(auth_token, packetOf(node_id));
    await register("bob");
    expect(await get("status", administrator)).toMatchObject({
      status: 200,
      body: { version: 1, conflicts: 0, nodes: [{ node_code: "ann" }, { node_code: "bob", pending_changes: 1 }] },
    });
    expect(await get(`status/${node_id}`, administrator)).toMatchObject({ status: 200, body: { node_code: "ann" } });
    expect((await get("entities", administrator)).body.entities).toMatchObject([{ name: "notes" }]);
    expect((await get("digest", administrator)).body.tables).toMatchObject([{ name: "notes", rows: 1 }]);
    expect(await exchange(administrator, packetOf(node_id, [], 0))).toMatchObject({ status: 401 });
    const { body } = await small.server.http.inject({
      url: "/api/sync/metrics",
      headers: { authorization: `Bearer ${administrator}` },
    });
    for (const line of [
      'records_changes_total{status="accepted"} 1',
      'records_refused_total{code="unauthorized"} 1',
      "records_exchange_seconds_count 1",
      'records_fleet{figure="nodes"} 2',
      'records_fleet{figure="behind"} 1',
    ]) {
      expect(body.split("\n")).toContain(line);
    }
  });

  it("begins with no secret that would keep nobody out, or let nobody in", async () => {
    for (const adminToken of ["", "of two words"]) {
      await expect(startSmallServer({ adminToken })).rejects.toThrow("adminToken must be 1 to 200 characters");
    }
    await expect(startSmallServer({ enrolmentSecret: "" })).rejects.toThrow("enrolmentSecret must be 1 to 500");
  });

  it("describes every address that it serves", async () => {
    const served: string[] = [];
    await using http = fastify().addHook("onRoute", ({ url, method }) => {
      if (method !== "HEAD") served.push(`${method} ${url.replace(/:id/, "{id}")}`.toLowerCase());
    });
    await http.register(syncPlugin, { manager: small.server.manager, metrics: new Metrics(1) });
    const { body } = await get("openapi.json");
    const described = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path.replace("{node_id}", "{id}")}`),
    );
    expect(described.sort()).toEqual(served.filter((one) => !one.endsWith("openapi.json")).sort());
  });

  it("lets only its own node, or the administrator, decide a conflict", async () => {
    small.server.manager.setDefaultStrategy("manual");
    const [ann, bob] = [await register("ann"), await register("bob")];
    await exchange(ann.auth_token, packetOf(ann.node_id));
    const other = { ...change, data: { ...change.data, a: "otherwise" } } as Change;
    const parked = await exchange(bob.auth_token, packetOf(bob.node_id, [other]));
    const [{ conflict_id }] = parked.body.packet_data.results;
    expect(parked.body).toMatchObject({ error_count: 1, message: "1 of 1 changes wait for a person" });
    expect(await post(`conflicts/${conflict_id}/resolve`, { choice: "theirs" }, ann.auth_token)).toMatchObject({
      status: 404,
    });
    expect((await get("conflicts", ann.auth_token)).body).toEqual({ conflicts: [] });
    expect(await post(`conflicts/${conflict_id}/resolve`, { choice: "never" }, bob.auth_token)).toMatchObject({
      status: 422,
      body: { error: { field: "choice" } },
    });
    // Also what a person decides stays within what their node may see.
    await small.server.manager.setFilters(bob.node_id, { notes: { tag: "of bob" } });
    expect(await post(`conflicts/${conflict_id}/resolve`, { choice: "theirs" }, bob.auth_token)).toMatchObject({
      status: 422,
      body: { error: { field: "choice" } },
    });
    await small.server.manager.setFilters(bob.node_id, {});
    expect(await post(`conflicts/${conflict_id}/resolve`, { choice: "theirs" }, bob.auth_token)).toMatchObject({
      status: 200,
    });
    expect(small.database.prepare("SELECT a FROM notes").get()?.a).toBe("otherwise");
    expect(await post(`conflicts/${conflict_id}/resolve`, { choice: "ours" }, bob.auth_token)).toMatchObject({
      status: 404,
    });
    const third = { ...change, data: { ...change.data, a: "a third" } } as Change;
    await exchange(bob.auth_token, packetOf(bob.node_id, [third], 2));
    const [waiting] = (await get("conflicts", administrator)).body.conflicts;
    expect(await post(`conflicts/${waiting.id}/resolve`, { choice: "ours" }, administrator)).toMatchObject({
      body: { resolved_by: "administrator" },
    });
    expect(small.database.prepare("SELECT a FROM notes").get()?.a).toBe("otherwise");
  });

  it("takes no more than it can hold", async () => {
    const { node_id, auth_token } = await register("ann");
    const bomb = gzipSync(Buffer.alloc(50_000_000)).toString("hex");
    expect(bomb.length).toBeLessThan(200_000);
    expect(await exchange(auth_token, bomb)).toMatchObject({ status: 413, body: { error: { code: "too-large" } } });
    expect(await exchange(auth_token, "00".repeat(150_000))).toMatchObject({ status: 413 });
    expect(await exchange(auth_token, packetOf(node_id))).toMatchObject({ status: 200 });
  });

  it("says which field is wrong", async () => {
    const { node_id, auth_token } = await register("ann");
    const sent = packetOf(node_id);
    const wrong: readonly [object, string][] = [
      [{ ...sent, stamp: 1 }, "packet"],
      [{ ...sent, cursor: -1 }, "cursor"],
      [{ ...sent, content_hash: "0".repeat(64) }, "content_hash"],
      [{ ...sent, changes: [change, change] }, "changes.1.entity_uuid"],
      [{ ...sent, changes: [{ ...change, data: null }] }, "changes.0.data"],
      [{ ...sent, changes: [{ ...change, operation: "DROP" }] }, "changes.0.operation"],
    ];
    for (const [packet, field] of wrong) {
      expect(await exchange(auth_token, packet)).toMatchObject({
        status: 422,
        body: { error: { code: "invalid-packet", field } },
      });
    }
    expect(rows()).toBe(0);
  });

  it("tells a node of another schema what to do", async () => {
    const { node_id, auth_token } = await register("ann");
    expect(await exchange(auth_token, { ...packetOf(node_id), schema_version: "2.0.0" })).toMatchObject({
      status: 426,
      body: { error: { code: "schema-mismatch" } },
    });
    expect(await exchange(auth_token, { ...packetOf(node_id), schema_version: "1.9.0" })).toMatchObject({
      status: 200,
    });
    const more = { ...change, data: { ...change.data, colour: "red" } } as Change;
    const refused = await exchange(auth_token, packetOf(node_id, [more], 2));
    expect(refused).toMatchObject({ status: 426, body: { error: { field: "notes.colour" } } });
  });

  it("makes who guesses wait", async () => {
    const strict = await startSmallServer({ attemptsPerMinute: 3 });
    try {
      const guess = () =>
        strict.server.http.inject({ url: "/api/sync/status", headers: { authorization: "Bearer guess" } });
      for (let tried = 0; tried < 3; tried++) expect((await guess()).statusCode).toBe(401);
      const refused = await guess();
      expect(refused.statusCode).toBe(429);
      expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    } finally {
      await strict[Symbol.asyncDispose]();
    }
  });

  it("tells callers apart behind an edge on its own machine, and takes nobody else's word for who calls", async () => {
    const strict = await startSmallServer({ attemptsPerMinute: 1 });
    try {
      const guess = async (remoteAddress: string, forwarded: string) => {
        const headers = { authorization: "Bearer guess", "x-forwarded-for": forwarded };
        return (await strict.server.http.inject({ url: "/api/sync/status", headers, remoteAddress })).statusCode;
      };
      expect(await guess("127.0.0.1", "198.51.100.1")).toBe(401);
      expect(await guess("127.0.0.1", "198.51.100.2")).toBe(401);
      expect(await guess("127.0.0.1", "198.51.100.1")).toBe(429);
      expect(await guess("203.0.113.9", "198.51.100.3")).toBe(401);
      expect(await guess("203.0.113.9", "198.51.100.4")).toBe(429);
    } finally {
      await strict[Symbol.asyncDispose]();
    }
  });

  it("takes SQL for what it is: text", async () => {
    const { node_id, auth_token } = await register("ann'; DROP TABLE notes; --");
    const sql = "'); DROP TABLE notes; --";
    const written = { ...change, data: { ...change.data, a: sql, tag: "$1", b: "\\'; SELECT 1" } } as Change;
    expect(await exchange(auth_token, packetOf(node_id, [written]))).toMatchObject({ status: 200 });
    expect({ ...small.database.prepare("SELECT a, b, tag FROM notes").get() }).toEqual({
      a: sql,
      b: "\\'; SELECT 1",
      tag: "$1",
    });
    for (const field of ["entity_type", "operation"]) {
      const { status } = await exchange(auth_token, packetOf(node_id, [{ ...change, [field]: sql } as Change], 2));
      expect(status, field).toBeGreaterThanOrEqual(422);
    }
    const column = { ...change, data: { ...change.data, "a\" = 'x'; --": "1" } } as Change;
    expect(await exchange(auth_token, packetOf(node_id, [column], 2))).toMatchObject({ status: 426 });
  });

  it("answers whatever comes with 4xx, and nothing happens", { timeout: 60_000 }, async () => {
    const { node_id, auth_token } = await register("ann");
    const sent = packetOf(node_id);
    const fields = fc.constantFrom(...Object.keys(sent), ...Object.keys(change).map((name) => `changes.0.${name}`));
    const junk = fc.oneof(fc.anything({ maxDepth: 2 }), fc.string({ unit: "binary" }), fc.bigInt().map(String));
    await fc.assert(
      fc.asyncProperty(fields, junk, fc.boolean(), async (field, value, whole) => {
        const packet = structuredClone(sent) as unknown as Record<string, unknown>;
        const of = field.startsWith("changes.0.") ? (packet.changes as Record<string, unknown>[])[0] : packet;
        if (of) of[field.replace("changes.0.", "")] = value;
        // A change that is another one has another hash, and is a fair packet if it is one at all.
        const { status } = await exchange(auth_token, whole ? value : JSON.parse(JSON.stringify(packet)));
        expect([200, 400, 401, 409, 413, 415, 422, 426]).toContain(status);
      }),
      { numRuns: 300 },
    );
    expect(failures).toEqual([]);
  });
});

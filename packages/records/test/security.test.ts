import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gzipSync } from "node:zlib";
import type { ConnectOptions } from "@understudy/postgres";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSyncServer, importChanges, type SyncServer, SyncService } from "../src/index.ts";
import type { Change } from "../src/packet/change.ts";
import { contentHash } from "../src/packet/content-hash.ts";
import { type Databases, startDatabases } from "./support/server-database.ts";

const uuid = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";
const columns = ["name", "n", "d", "x", "at", "bin", "doc", "raw", "flag"] as const;
const sql = "'); DROP TABLE things; --";
const change: Change = {
  entity_type: "things",
  entity_uuid: uuid,
  operation: "INSERT",
  base_version: 0,
  stamp: "1",
  changed: null,
  data: { uuid, updated_at: "2026-01-01T00:00:00.000000Z", is_deleted: "false", name: "said" },
};

interface Node {
  readonly node_id: string;
  readonly auth_token: string;
}

describe("what is sent to a server on Postgres to do harm", () => {
  let databases: Databases;
  let options: ConnectOptions;
  let server: SyncServer;
  let url: string;
  let folder: string;
  let now = Date.now();
  const failures: unknown[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "records-"));
    databases = await startDatabases();
    options = await databases.make(
      "CREATE TABLE things (name text UNIQUE, n bigint, d numeric(20,6), x float8, at timestamptz, bin bytea, doc jsonb, raw json, flag boolean)",
    );
    server = await createSyncServer({
      postgres: options,
      entities: ["things"],
      strategy: "merge",
      enrolmentSecret: "let me in",
      clock: () => now,
      tokenLife: 3_600_000,
      attemptsPerMinute: 1_000_000,
      largestBody: 1_000_000,
      report: (error) => failures.push(error),
    });
    url = await server.listen("127.0.0.1", 0);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
    await databases[Symbol.asyncDispose]();
  });

  const post = async (path: string, body: unknown, token = "") => {
    const response = await fetch(`${url}/api/sync/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body) ?? "",
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const register = async (code: string): Promise<Node> =>
    (await post("register", { code, name: code, secret: "let me in" })).body;
  const packetOf = ({ node_id }: Node, changes: readonly Change[], packet_no = 1) => ({
    format: 1,
    schema_version: "1.0.0",
    node_id,
    sent_at: new Date(now).toISOString(),
    packet_no,
    content_hash: contentHash(packet_no, changes),
    changes,
    acknowledged: packet_no - 1,
    answer_no: 0,
    cursor: 0,
    watermark: 0,
    whole: false,
    limit: 100,
  });
  const exchange = (node: Node, packet: unknown) => post("exchange", { packet_data: packet }, node.auth_token);
  const openNode = async (code: string) => {
    const database = new DatabaseSync(":memory:");
    const service = await SyncService.open({
      database,
      serverUrl: url,
      nodeCode: code,
      enrolmentSecret: "let me in",
      autoSync: false,
      maxRetries: 0,
    });
    service.on("sync_failed", (error) => {
      throw error;
    });
    await service.syncNow();
    return { service, database };
  };
  /** Everything that an exchange can have an effect on. */
  const state = async () =>
    await databases.query(
      options,
      `SELECT (SELECT json_agg(t ORDER BY uuid) FROM things t)::text AS rows, (SELECT count(*) FROM sync_records) AS records,
        (SELECT count(*) FROM object_version_history) AS history, (SELECT value FROM sync_state WHERE name = 'version') AS version,
        (SELECT string_agg(received_packet_no::text, ',' ORDER BY id) FROM sync_nodes) AS packets`,
    );

  it("has no effect without a token that is the packet's node's own and valid", async () => {
    const [ann, bob] = [await register("ann"), await register("bob")];
    const before = await state();
    const packet = packetOf(ann, [change]);
    for (const auth_token of ["", "forged", `${ann.auth_token}x`, ann.auth_token.slice(1), "' OR true --"]) {
      expect((await exchange({ ...ann, auth_token }, packet)).status, auth_token).toBe(401);
    }
    expect((await exchange(bob, packet)).status).toBe(401);
    now += 3_600_001;
    expect((await exchange(ann, packet)).status).toBe(401);
    const { node_id } = await register("ann");
    expect((await exchange(ann, packet)).status, "the token of before").toBe(401);
    expect(node_id).toBe(ann.node_id);
    expect(await state()).toEqual(before);
  });

  it("has no effect when it is too much: a bomb of gzip, a packet of 100 MB, one that never says how large it is", async () => {
    const node = await register("large");
    const before = await state();
    const bomb = gzipSync(Buffer.alloc(400_000_000)).toString("hex");
    expect(bomb.length).toBeLessThan(1_000_000);
    expect((await exchange(node, bomb)).status).toBe(413);
    const headers = { authorization: `Bearer ${node.auth_token}`, "content-type": "application/json" };
    const large = (await refusalOf(
      fetch(`${url}/api/sync/exchange`, { method: "POST", headers, body: Buffer.alloc(100_000_000, "1") }),
    )) as number;
    expect(large).toBe(413);
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(Buffer.alloc(65_536, "1"));
      },
    });
    const request = { method: "POST", headers, body: endless, duplex: "half" };
    expect(await refusalOf(fetch(`${url}/api/sync/exchange`, request as RequestInit))).toBe(413);
    expect(sent).toBeLessThan(100_000_000);
    expect(await state()).toEqual(before);
  });

  it("is text where it is SQL, in every field that takes text", async () => {
    expect((await post("register", { code: "ann", name: "ann", secret: sql })).status).toBe(401);
    const who = { code: sql, name: sql, description: sql, secret: "let me in" };
    const node = (await post("register", who)).body as Node;
    const fair = packetOf(node, [change]);
    for (const field of Object.keys(fair)) {
      expect((await exchange(node, { ...fair, [field]: sql })).status, field).toBe(422);
    }
    for (const field of ["entity_type", "entity_uuid", "operation", "base_version", "stamp"]) {
      const wrong = { ...change, [field]: sql } as Change;
      expect([422, 426], field).toContain((await exchange(node, packetOf(node, [wrong]))).status);
    }
    const column = { ...change, data: { ...change.data, 'name") VALUES (1); --': sql } } as Change;
    expect((await exchange(node, packetOf(node, [column]))).status).toBe(426);
    let packetNo = 0;
    for (const name of columns) {
      const entity_uuid = crypto.randomUUID();
      const written = {
        ...change,
        entity_uuid,
        changed: [sql],
        data: { ...change.data, uuid: entity_uuid, [name]: sql },
      };
      const { status, body } = await exchange(node, packetOf(node, [written as Change], ++packetNo));
      expect(status, name).toBe(200);
      // What is no number, no moment and no JSON waits for a person.
      expect(body.packet_data.results[0].status, name).toBe(name === "name" ? "accepted" : "parked");
    }
    for (const path of ["status", "conflicts"].map((place) => `${place}/${encodeURIComponent(sql)}`)) {
      const response = await fetch(`${url}/api/sync/${path}`, {
        headers: { authorization: `Bearer ${node.auth_token}` },
      });
      expect(response.status, path).toBe(404);
    }
    const [open] = await databases.query<{ id: string }>(options, "SELECT id FROM object_version_history WHERE open");
    expect(
      (await post(`conflicts/${encodeURIComponent(sql)}/resolve`, { choice: "ours" }, node.auth_token)).status,
    ).toBe(404);
    for (const choice of [{ [sql]: "x" }, { n: sql }, { uuid: sql }]) {
      expect([422, 426]).toContain((await post(`conflicts/${open?.id}/resolve`, { choice }, node.auth_token)).status);
    }
    expect(await databases.query(options, "SELECT name FROM things")).toEqual([{ name: sql }]);
    expect(failures).toEqual([]);
  });

  it("waits for a person where Postgres cannot hold a text, and stops nothing else", async () => {
    const { service, database } = await openNode("zero");
    const insert = database.prepare("INSERT INTO things (uuid, name, doc) VALUES (?, ?, ?)");
    insert.run(uuid, "a\0b", null);
    insert.run(crypto.randomUUID(), "of JSON", '{"a":"\\u0000"}');
    insert.run(crypto.randomUUID(), "good", "{}");
    await service.syncNow();
    expect(await service.getSyncStatus()).toMatchObject({ parked: 2, pending_changes: 0 });
    expect(await databases.query(options, "SELECT 1 FROM things WHERE name = 'good'")).toHaveLength(1);
    const [{ id } = { id: "" }] = await databases.query<{ id: string }>(
      options,
      `SELECT id FROM object_version_history WHERE open AND entity_uuid = '${uuid}'`,
    );
    await service.resolveConflict(id, { name: "without it" });
    expect(database.prepare("SELECT name FROM things WHERE uuid = ?").get(uuid)?.name).toBe("without it");
    await service.close();
    expect(failures).toEqual([]);
  });

  it("leads to no file but the one that was named, whatever a node calls itself and a file says", async () => {
    const { service, database } = await openNode("../../escaped");
    database.exec(`INSERT INTO things (name) VALUES ('${"../".repeat(5)}escaped')`);
    const file = join(folder, "inner", "changes.json");
    await expect(service.exportPendingChanges(file)).rejects.toThrow("ENOENT");
    const flat = join(folder, "changes.json");
    await service.exportPendingChanges(flat);
    const before = await state();
    const [header = "", ...lines] = readFileSync(flat, "utf8").split("\n");
    for (const code of ["../../escaped", "/etc/passwd", sql]) {
      // Who may name another code has the node's key; who has not is refused.
      writeFileSync(flat, [JSON.stringify({ ...JSON.parse(header), code: `${code}!` }), ...lines].join("\n"));
      await expect(importChanges(server.manager, flat)).rejects.toThrow("signature");
      writeFileSync(flat, [JSON.stringify({ ...JSON.parse(header), node_id: code }), ...lines].join("\n"));
      await expect(importChanges(server.manager, flat)).rejects.toThrow("no file of changes");
    }
    expect(await state()).toEqual(before);
    writeFileSync(flat, [header, ...lines].join("\n"));
    expect((await importChanges(server.manager, flat)).answers).toBe(`${flat}.answers`);
    expect(readdirSync(folder).sort()).toEqual(["changes.json", "changes.json.answers"]);
    expect(existsSync(join(folder, "../escaped"))).toBe(false);
    await service.close();
  });

  it("is answered with 4xx or taken as what it says, never with 500, and what is refused has no effect", async () => {
    const node = await register("fuzz");
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom(
        "\0",
        "\ud800",
        "NaN",
        "-Infinity",
        "1e400",
        "99999999999999999999",
        "infinity",
        "2026-02-30",
        "[1,",
        "null",
      ),
      fc.double().map(String),
      fc.bigInt().map(String),
      fc.json(),
    );
    const column = fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...columns) }, text);
    const changes = fc.uniqueArray(
      fc.record({
        entity_type: fc.oneof({ weight: 20, arbitrary: fc.constant("things") }, text),
        entity_uuid: fc.oneof(fc.uuid(), fc.constantFrom(uuid, uuid.replace(/1$/, "2"), uuid.replace(/1$/, "3"))),
        base_version: fc.oneof(fc.nat(50), fc.constant(0), fc.maxSafeNat()),
        stamp: fc.oneof(fc.nat().map(String), fc.constantFrom("0", "9223372036854775807", "9999999999999999999")),
        changed: fc.option(fc.array(fc.oneof(column, fc.constantFrom("__proto__", "constructor")), { maxLength: 4 })),
        values: fc.dictionary(column, fc.option(text), { maxKeys: 6 }),
        kind: fc.constantFrom("INSERT", "UPDATE", "DELETE", "GONE"),
        updated_at: fc.oneof({ weight: 9, arbitrary: fc.constant("2026-01-01T00:00:00Z") }, text),
      }),
      { selector: ({ entity_uuid }) => entity_uuid, minLength: 1, maxLength: 4 },
    );
    const spoilt = fc.option(
      fc.tuple(
        fc.constantFrom(...Object.keys(packetOf(node, [])), ...Object.keys(change).map((name) => `changes.0.${name}`)),
        fc.anything({ maxDepth: 2, withBigInt: false }),
      ),
      { freq: 2 },
    );
    const counts: Record<number, number> = {};
    await fc.assert(
      fc.asyncProperty(changes, spoilt, fc.boolean(), async (given, spoil, rehash) => {
        const [{ received }] = (await databases.query<{ received: string }>(
          options,
          `SELECT received_packet_no AS received FROM sync_nodes WHERE id = '${node.node_id}'`,
        )) as [{ received: string }];
        const told = given.map(({ values, kind, updated_at, ...one }): Change => {
          const is_deleted = String(kind === "DELETE");
          const data = kind === "GONE" ? null : { ...values, uuid: one.entity_uuid, updated_at, is_deleted };
          return { ...one, operation: kind === "GONE" ? "DELETE" : (kind as Change["operation"]), data };
        });
        const packet = structuredClone(packetOf(node, told, Number(received) + 1)) as unknown as Record<
          string,
          unknown
        >;
        if (spoil) {
          const [field, value] = spoil;
          const of = field.startsWith("changes.0.") ? (packet.changes as Record<string, unknown>[])[0] : packet;
          if (of) of[field.replace("changes.0.", "")] = value;
          // Also what has the right hash is looked at as if it had been made to do harm.
          if (rehash && field.startsWith("changes.0.")) packet.content_hash = hashOrNone(packet);
        }
        const before = await state();
        const { status, body } = await exchange(node, packet);
        counts[status] = (counts[status] ?? 0) + 1;
        expect([200, 400, 401, 409, 413, 422, 426], JSON.stringify(body)).toContain(status);
        if (status !== 200) expect(await state()).toEqual(before);
      }),
      { numRuns: 300 },
    );
    console.log("fuzzed packets by status", counts);
    expect(counts[200]).toBeGreaterThan(30);
    expect(counts[422]).toBeGreaterThan(50);
    expect(failures).toEqual([]);
  });
});

/** The status; a server that hangs up on who goes on sending may do so before the answer is read. */
async function refusalOf(request: Promise<Response>): Promise<number> {
  const response = await request.catch((error: { cause?: { code?: string } }) => {
    expect(["EPIPE", "ECONNRESET", "UND_ERR_SOCKET"]).toContain(error.cause?.code);
    return { status: 413 };
  });
  return response.status;
}

function hashOrNone(packet: Record<string, unknown>): string {
  try {
    return contentHash(Number(packet.packet_no), JSON.parse(JSON.stringify(packet.changes)));
  } catch {
    return "";
  }
}

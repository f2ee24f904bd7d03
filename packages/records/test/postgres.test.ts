import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type ConnectOptions, connect } from "@understudy/postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createSyncServer, describeEntity, PostgresStore, type SyncServer, SyncService } from "../src/index.ts";
import { type Databases, startDatabases } from "./support/server-database.ts";

const uuid = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";
const other = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b12";

describe("a server on Postgres", () => {
  let databases: Databases;
  let options: ConnectOptions;
  let server: SyncServer;
  let url: string;
  const opened: AsyncDisposable[] = [];

  beforeAll(async () => {
    databases = await startDatabases();
  });
  afterAll(async () => {
    for (const one of opened) await one[Symbol.asyncDispose]();
    await databases[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    options = await databases.make(
      `CREATE TABLE things (name text UNIQUE, n bigint, d numeric(20,6), x float8, at timestamptz, bin bytea, doc jsonb, raw json, flag boolean)`,
    );
    server = await createSyncServer({ postgres: options, entities: ["things"] });
    opened.push(server);
    url = await server.listen("127.0.0.1", 0);
  });

  const node = async (code: string) => {
    const database = new DatabaseSync(":memory:");
    const service = await SyncService.open({
      database,
      serverUrl: url,
      nodeCode: code,
      autoSync: false,
      maxRetries: 0,
    });
    opened.push({ [Symbol.asyncDispose]: () => service.close() });
    service.on("sync_failed", (error) => {
      throw error;
    });
    await service.syncNow();
    return { service, database };
  };
  const sql = <R = Record<string, unknown>>(text: string, ...values: unknown[]) =>
    databases.query<R>(options, text, values);

  it("carries every value exactly, there and back", async () => {
    await sql(
      `INSERT INTO things VALUES ($1, 9223372036854775807, 12345678901234.123456, 0.1::float8 + 0.2, '2026-11-22 15:46:21.123456+00', '\\x00ff10',
         '{"b": 1.0, "a": [null, "☃"]}', '{"b":  1.0}', true), (NULL, NULL, NULL, 'NaN', 'infinity', '', 'null', 'null', NULL)`,
      "𝄞 \u0001 'quoted' \\ ☃",
    );
    const [ann, bob] = [await node("ann"), await node("bob")];
    const before = await sql(
      "SELECT * FROM (SELECT name, n::text, d::text, x::text, at::text, bin::text, doc::text, raw::text, flag FROM things) t ORDER BY n",
    );
    // Written anew on a node: every value goes back as it came.
    ann.database.exec("UPDATE things SET is_deleted = 1; UPDATE things SET is_deleted = 0");
    await ann.service.syncNow();
    await bob.service.syncNow();
    const [{ count } = { count: 0 }] = await sql<{ count: number }>(
      "SELECT count(*) AS count FROM sync_records WHERE version > 2",
    );
    expect(count).toBe(2);
    expect(
      await sql(
        "SELECT * FROM (SELECT name, n::text, d::text, x::text, at::text, bin::text, doc::text, raw::text, flag FROM things) t ORDER BY n",
      ),
    ).toEqual(before);
    const rows = "SELECT name, CAST(n AS TEXT) AS n, d, x, at, hex(bin) AS bin, doc, raw, flag FROM things ORDER BY n";
    expect(bob.database.prepare(rows).all()).toEqual(ann.database.prepare(rows).all());
    expect(bob.database.prepare(rows).all()[1]).toMatchObject({
      n: "9223372036854775807",
      d: "12345678901234.123456",
      x: 0.30000000000000004,
      bin: "00FF10",
    });
    expect(await ann.service.compare()).toEqual([]);
  });

  it("tells a node what became of a value that its column cannot hold as it is", async () => {
    const { service, database } = await node("ann");
    database.exec(`INSERT INTO things (uuid, name, d, doc) VALUES ('${uuid}', 'a', '1.23456789', '{"b":1,"a":2}')`);
    await service.syncNow();
    expect({ ...database.prepare("SELECT d, doc FROM things").get() }).toEqual({
      d: "1.234568",
      doc: '{"a": 2, "b": 1}',
    });
  });

  it("numbers what others write, whatever order they commit in", async () => {
    const { service, database } = await node("ann");
    await using slow = await connect(options);
    await slow.query("BEGIN");
    await slow.query("INSERT INTO things (name) VALUES ('slow')");
    await sql("INSERT INTO things (name) VALUES ('fast')");
    await service.syncNow();
    expect(database.prepare("SELECT name FROM things").all()).toMatchObject([{ name: "fast" }]);
    await slow.query("COMMIT");
    await service.syncNow();
    expect(database.prepare("SELECT name FROM things ORDER BY name").all()).toMatchObject([
      { name: "fast" },
      { name: "slow" },
    ]);
  });

  it("sees a write of somebody else in the moment before a packet as what it is: a conflict", async () => {
    const { service, database } = await node("ann");
    database.exec(`INSERT INTO things (uuid, name) VALUES ('${uuid}', 'first')`);
    await service.syncNow();
    await using other = await connect(options);
    await other.query("BEGIN");
    await other.query("UPDATE things SET name = 'theirs'");
    database.exec("UPDATE things SET name = 'mine'");
    const sync = service.syncNow();
    // The packet waits for the row.
    await expect
      .poll(() => sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE%'"))
      .toHaveLength(1);
    await other.query("COMMIT");
    await sync;
    expect(database.prepare("SELECT name FROM things").get()?.name).toBe("theirs");
    expect(
      await sql("SELECT serialized_data ->> 'name' AS name, conflict_resolution AS rule FROM object_version_history"),
    ).toEqual([{ name: "mine", rule: "server-wins" }]);
  });

  it("parks what a unique constraint refuses, lets the rest pass, and does what a person decides", async () => {
    const [ann, bob] = [await node("ann"), await node("bob")];
    ann.database.exec(`INSERT INTO things (uuid, name) VALUES ('${uuid}', 'same')`);
    bob.database.exec(
      `INSERT INTO things (uuid, name) VALUES ('${other}', 'same'), ('${other.replace(/2$/, "3")}', 'another')`,
    );
    await ann.service.syncNow();
    await bob.service.syncNow();
    expect(await sql("SELECT name FROM things ORDER BY name")).toEqual([{ name: "another" }, { name: "same" }]);
    expect(await bob.service.getSyncStatus()).toMatchObject({ parked: 1, pending_changes: 0 });
    const [parked] = await sql<{ id: string; reason: string }>(
      "SELECT id, reason FROM object_version_history WHERE open",
    );
    expect(parked?.reason).toMatch(/unique constraint "things_name_key"/);
    await bob.service.resolveConflict(parked?.id ?? "", { name: "mine then" });
    await ann.service.syncNow();
    const names = "SELECT name FROM things ORDER BY name";
    for (const { database } of [ann, bob])
      expect(database.prepare(names).all()).toMatchObject([
        { name: "another" },
        { name: "mine then" },
        { name: "same" },
      ]);
  });

  it("takes rows before those that they refer to, and hears of rows that go with others", async () => {
    await sql(
      "CREATE TABLE parents (uuid uuid PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now(), is_deleted boolean NOT NULL DEFAULT false)",
    );
    await sql(
      "CREATE TABLE children (uuid uuid PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now(), is_deleted boolean NOT NULL DEFAULT false, parent uuid REFERENCES parents (uuid) ON DELETE CASCADE)",
    );
    for (const table of ["parents", "children"]) await server.manager.enable(table);
    const [ann, bob] = [await node("ann"), await node("bob")];
    ann.database.exec(
      `INSERT INTO children (uuid, parent) VALUES ('${other}', '${uuid}'); INSERT INTO parents (uuid) VALUES ('${uuid}')`,
    );
    await ann.service.syncNow();
    await bob.service.syncNow();
    expect(bob.database.prepare("SELECT parent FROM children").all()).toMatchObject([{ parent: uuid }]);
    bob.database.exec("DELETE FROM parents");
    await bob.service.syncNow();
    await ann.service.syncNow();
    await bob.service.syncNow();
    expect(await sql("SELECT 1 FROM children")).toEqual([]);
    for (const { database } of [ann, bob]) expect(database.prepare("SELECT 1 FROM children").all()).toEqual([]);
  });

  it("lets a table of others take part by its columns alone, and fills in those of rows that are there", async () => {
    await sql(
      "CREATE TABLE late (uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(), updated_at timestamptz NOT NULL DEFAULT now(), is_deleted boolean NOT NULL DEFAULT false, word text)",
    );
    await sql("CREATE TABLE old (id serial PRIMARY KEY, word text)");
    await sql("INSERT INTO old (word) SELECT 'word ' || n FROM generate_series(1, 1000) n");
    await server.manager.refresh();
    const done = await server.manager.enable("old");
    expect(done.join()).toMatch(/column uuid.*1000 rows numbered.*"id" counts up/);
    await sql("INSERT INTO late (word) VALUES ('seen')");
    const { database } = await node("ann");
    expect(database.prepare("SELECT word FROM late").all()).toMatchObject([{ word: "seen" }]);
    expect(database.prepare("SELECT count(DISTINCT uuid) AS count FROM old").get()?.count).toBe(1_000);
    await sql("TRUNCATE old");
    const { database: second } = await node("bob");
    expect(second.prepare("SELECT count(*) AS count FROM old").get()?.count).toBe(0);
  });

  it("meets a server that is a node: what was there before on either side is on both, value by value, and nothing goes", async () => {
    const theirs = await databases.make(
      "CREATE TABLE things (name text UNIQUE, n bigint, d numeric(20,6), x float8, at timestamptz, bin bytea, doc jsonb, raw json, flag boolean)",
      "INSERT INTO things (name, n, d, x) VALUES ('theirs', 9223372036854775807, 0.1, 0.1)",
      "CREATE TABLE own (uuid uuid PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now(), is_deleted boolean NOT NULL DEFAULT false)",
      `INSERT INTO own (uuid) VALUES ('${uuid}')`,
    );
    await sql(
      "INSERT INTO things (name, at, bin, doc, raw) VALUES ('ours', '2026-11-22 15:46:21.123456+00', '\\x00ff', '[1.0]', '[1.0 ]')",
    );
    await sql("CREATE TABLE own (words text)");
    await server.manager.enable("own");
    const service = await SyncService.open({
      database: await PostgresStore.open(theirs),
      serverUrl: url,
      nodeCode: "a server",
      autoSync: false,
      maxRetries: 0,
    });
    opened.push({ [Symbol.asyncDispose]: () => service.close() });
    const read =
      "SELECT * FROM (SELECT name, n::text, d::text, x::text, at::text, bin::text, doc::text, raw::text FROM things) t ORDER BY name";
    expect(await service.syncNow()).toBe(true);
    expect(await databases.query(theirs, read)).toEqual(await sql(read));
    expect((await sql(read)).map(({ name }) => name)).toEqual(["ours", "theirs"]);
    expect(await sql("SELECT uuid::text FROM own")).toEqual([{ uuid }]);
    await databases.query(theirs, "UPDATE things SET n = n - 1 WHERE name = 'theirs'");
    await databases.query(theirs, "DELETE FROM things WHERE name = 'ours'");
    await sql("INSERT INTO things (name) VALUES ('new')");
    expect(await service.syncNow()).toBe(true);
    expect(await databases.query(theirs, read)).toEqual(await sql(read));
    expect(await sql("SELECT name, n::text AS n FROM things ORDER BY name")).toEqual([
      { name: "new", n: null },
      { name: "theirs", n: "9223372036854775806" },
    ]);
    expect(await service.compare()).toEqual([]);
    expect(await service.getSyncStatus()).toMatchObject({ pending_changes: 0, parked: 0 });
  });

  it("makes tables as a program describes them, and says where the database has them otherwise", async () => {
    const described = describeEntity(
      "orders",
      z.object({ number: z.bigint(), price: z.string().meta({ kind: "numeric" }), lines: z.array(z.string()) }),
    );
    await using second = await createSyncServer({ postgres: options, entities: [described] });
    await using third = await createSyncServer({ postgres: options, entities: [described] });
    expect(third.manager.entities.find(({ name }) => name === "orders")?.columns).toMatchObject([
      { name: "number", type: "bigint" },
      { name: "price", type: "numeric" },
      { name: "lines", type: "json" },
      { name: "uuid", type: "uuid" },
      { name: "updated_at", type: "timestamp with time zone" },
      { name: "is_deleted", type: "boolean" },
    ]);
    expect(second.manager.entities.map(({ name }) => name)).toEqual(["orders", "things"]);
    // A table that was there before, and takes part from here on.
    await sql("CREATE TABLE old (word text)");
    await sql("INSERT INTO old VALUES ('said')");
    await second.manager.describe([describeEntity("old", z.object({ word: z.string(), count: z.bigint() }))]);
    expect(await sql("SELECT word, count FROM old")).toEqual([{ word: "said", count: null }]);
    await expect(second.manager.describe([describeEntity("old", z.object({ word: z.number() }))])).rejects.toThrow(
      'Column "word" of "old" is described as double, and is text',
    );
  });

  it("serves HTTPS by itself", async () => {
    const folder = mkdtempSync(join(tmpdir(), "records-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost".split(" ");
    execFileSync("openssl", [...made, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert], {
      stdio: "ignore",
    });
    const tls = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
    rmSync(folder, { recursive: true });
    await using safe = await createSyncServer({ postgres: options, tls });
    const address = await safe.listen("127.0.0.1", 0);
    expect(address).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      get(`${address}/api/sync/openapi.json`, { ca: tls.cert }, ({ statusCode }) => resolve(statusCode)).on(
        "error",
        reject,
      );
    });
    expect(status).toBe(200);
    await expect(fetch(address.replace("https", "http"))).rejects.toThrow();
  });

  it("serves a node only what it may see, and takes back what it may see no longer", async () => {
    await using limited = await createSyncServer({
      postgres: options,
      filtersOf: (code) => ({ things: { name: code } }),
    });
    const address = await limited.listen("127.0.0.1", 0);
    await sql("INSERT INTO things (name) VALUES ('ann'), ('bob')");
    const database = new DatabaseSync(":memory:");
    const service = await SyncService.open({
      database,
      serverUrl: address,
      nodeCode: "ann",
      autoSync: false,
      maxRetries: 0,
    });
    await service.syncNow();
    expect(database.prepare("SELECT name FROM things").all()).toMatchObject([{ name: "ann" }]);
    await sql("UPDATE things SET name = 'carl' WHERE name = 'ann'");
    await service.syncNow();
    expect(database.prepare("SELECT name FROM things").all()).toEqual([]);
    database.exec(`INSERT INTO things (uuid, name) VALUES ('${uuid}', 'not mine')`);
    await service.syncNow();
    expect(database.prepare("SELECT name FROM things").all()).toEqual([]);
    expect(await sql("SELECT reason FROM object_version_history")).toEqual([
      { reason: "it would be outside of what this node may see" },
    ]);
    await service.close();
  });
});

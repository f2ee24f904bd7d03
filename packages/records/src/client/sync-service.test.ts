import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { describeEntity } from "../describe-entity.ts";
import { importChanges } from "../file/import-changes.ts";
import { SyncError } from "../sync-error.ts";
import { type SmallServer, startSmallServer } from "../testing/small-server.ts";
import { httpTransport } from "./http-transport.ts";
import { SyncService } from "./sync-service.ts";
import type { Transport } from "./transport.ts";

const uuid = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";

describe("a node of a sync server", () => {
  let small: SmallServer;

  beforeEach(async () => {
    small = await startSmallServer({ enrolmentSecret: "let me in" });
  });

  afterEach(() => small[Symbol.asyncDispose]());

  const node = (code: string) => small.node(code, { enrolmentSecret: "let me in" });

  it("makes the server's tables, sends what is written there by anybody, and gets what others wrote", async () => {
    const [ann, bob] = [await node("ann"), await node("bob")];
    expect(await ann.service.syncNow()).toBe(true);
    ann.database.exec(
      `INSERT INTO notes (uuid, a, n, x, d) VALUES ('${uuid}', 'from ann', 9007199254740993, 0.1, '12.30')`,
    );
    expect(await ann.service.getSyncStatus()).toMatchObject({ pending_changes: 1, status: "online", parked: 0 });
    await ann.service.syncNow();
    expect(await ann.service.getSyncStatus()).toMatchObject({ pending_changes: 0, sent_packet_no: 1 });
    await bob.service.syncNow();
    const [row] = bob.database.prepare("SELECT a, CAST(n AS TEXT) AS n, x, d FROM notes").all();
    expect({ ...row }).toEqual({ a: "from ann", n: "9007199254740993", x: 0.1, d: "12.30" });
    small.database.exec("UPDATE notes SET a = 'from the server'");
    await bob.service.syncNow();
    expect(bob.database.prepare("SELECT a FROM notes").get()?.a).toBe("from the server");
  });

  it("works without a network, tells so, and goes on when there is one", async () => {
    const [nowhere, there] = [httpTransport("http://127.0.0.1:9"), httpTransport(small.url)];
    let line = nowhere;
    const { service, database } = await small.node("ann", {
      serverUrl: {
        register: (request) => line.register(request),
        exchange: (token, packet) => line.exchange(token, packet),
        entities: (token) => line.entities(token),
        digest: (token) => line.digest(token),
        resolve: (token, id, choice) => line.resolve(token, id, choice),
      },
      enrolmentSecret: "let me in",
      entities: [describeEntity("notes", z.object({ a: z.string() }))],
    });
    const told: string[] = [];
    service.on("status_changed", (status) => told.push(status));
    service.on("sync_failed", ({ message }) => told.push(message));
    database.exec("INSERT INTO notes (a) VALUES ('on the train')");
    expect(await service.syncNow()).toBe(false);
    expect(told).toEqual(["syncing", "offline", expect.stringMatching(/127.0.0.1:9 cannot be reached/)]);
    expect(await service.getSyncStatus()).toMatchObject({ status: "offline", pending_changes: 1 });
    line = there;
    expect(await service.syncNow()).toBe(true);
    expect(told.slice(3)).toEqual(["syncing", "online"]);
    expect(await service.getSyncStatus()).toMatchObject({ status: "online", pending_changes: 0, error: null });
    expect(small.database.prepare("SELECT a FROM notes").all()).toMatchObject([{ a: "on the train" }]);
  });

  it("sends what is more than a packet in packets, one after the other", async () => {
    const { service, database } = await small.node("ann", { enrolmentSecret: "let me in", batch: 4 });
    await service.syncNow();
    const sent: number[][] = [];
    service.on("exchanged", ({ packet_no, sent: changes }) => sent.push([packet_no, changes]));
    for (let count = 0; count < 10; count++) database.exec(`INSERT INTO notes (a) VALUES ('note ${count}')`);
    expect(await service.syncNow()).toBe(true);
    expect(sent).toEqual([
      [1, 4],
      [2, 4],
      [3, 2],
      [0, 0],
    ]);
    const written = small.database.prepare("SELECT a FROM notes ORDER BY rowid").all();
    expect(written.map(({ a }) => a)).toEqual(Array.from({ length: 10 }, (_, count) => `note ${count}`));
  });

  it("sends fewer changes at once where they are too large, and waits with a row that is too large by itself", async () => {
    await using strict = await startSmallServer({ largestBody: 20_000 });
    const { service, database } = await strict.node("ann", { compression: false });
    await service.syncNow();
    const insert = database.prepare("INSERT INTO notes (uuid, a) VALUES (?, ?)");
    for (let count = 0; count < 30; count++) insert.run(randomUUID(), "x".repeat(2_000));
    expect(await service.syncNow()).toBe(true);
    const arrived = strict.database.prepare("SELECT count(*) AS count FROM notes");
    expect(arrived.get()?.count).toBe(30);
    insert.run(uuid, "x".repeat(30_000));
    expect(await service.syncNow()).toBe(false);
    expect(await service.getSyncStatus()).toMatchObject({ pending_changes: 1, error: "The request is too large" });
    database.exec(`UPDATE notes SET a = 'short' WHERE uuid = '${uuid}'`);
    expect(await service.syncNow()).toBe(true);
    expect(arrived.get()?.count).toBe(31);
  });

  it("has tables that are described before it ever reached the server, and sends what was written to them", async () => {
    const entities = [describeEntity("notes", z.object({ a: z.string(), n: z.bigint() }))];
    const database = new DatabaseSync(":memory:");
    const options = {
      database,
      nodeCode: "ann",
      enrolmentSecret: "let me in",
      autoSync: false,
      maxRetries: 0,
      entities,
    };
    const offline = new SyncService({ ...options, serverUrl: "http://127.0.0.1:9" });
    expect(await offline.getSyncStatus()).toMatchObject({ pending_changes: 0, node_id: null });
    database.exec("INSERT INTO notes (a, n) VALUES ('first', 9007199254740993)");
    expect(await offline.syncNow()).toBe(false);
    await offline.close();
    const online = new SyncService({ ...options, serverUrl: small.url });
    const summaries: unknown[] = [];
    online.on("sync_completed", (summary) => summaries.push(summary));
    expect(await online.syncNow()).toBe(true);
    expect(summaries).toEqual([{ processed_count: 1, error_count: 0, conflict_count: 0, received_count: 0 }]);
    await online.close();
    const sent = small.database.prepare("SELECT a, CAST(n AS TEXT) AS n FROM notes").get();
    expect({ ...sent }).toEqual({ a: "first", n: "9007199254740993" });
    // The server's other columns are there now, too.
    expect(database.prepare("SELECT tag, x FROM notes").get()).toEqual({ tag: null, x: null });
    const otherwise = describeEntity("notes", z.object({ n: z.string() }));
    await expect(SyncService.open({ ...options, serverUrl: small.url, entities: [otherwise] })).rejects.toThrow(
      'Column "n" of "notes" is described as text, and is BIGINT',
    );
  });

  it("begins by itself, and fails as a whole where its database cannot be opened", async () => {
    const began = new SyncService({
      database: new DatabaseSync(":memory:"),
      serverUrl: small.url,
      nodeCode: "by itself",
      enrolmentSecret: "let me in",
    });
    await new Promise((resolve) => began.once("sync_completed", resolve));
    expect((await began.getSyncStatus()).status).toBe("online");
    await began.close();
    const failing = new SyncService({
      database: "/there/is/no/folder.db",
      serverUrl: small.url,
      nodeCode: "never",
      autoSync: false,
    });
    const failures: Error[] = [];
    failing.on("sync_failed", (error) => failures.push(error));
    expect(await failing.syncNow()).toBe(false);
    expect(failures).toHaveLength(1);
    await expect(failing.getSyncStatus()).rejects.toThrow("unable to open");
    await failing.close();
  });

  it("fetches everything page after page, and goes on where it was interrupted", async () => {
    const insert = small.database.prepare("INSERT INTO notes (uuid, updated_at, a) VALUES (?, '2026-01-01', ?)");
    for (let number = 0; number < 95; number++) insert.run(crypto.randomUUID(), `note ${number}`);
    let cut = 3;
    const way = httpTransport(small.url);
    const serverUrl: Transport = {
      ...way,
      async exchange(token, packet) {
        if (cut-- === 0) throw new SyncError(0, "unreachable", "cut");
        return await way.exchange(token, packet);
      },
    };
    const { service, database } = await small.node("ann", { serverUrl, enrolmentSecret: "let me in", page: 10 });
    const count = () => Number(database.prepare("SELECT count(*) AS count FROM notes").get()?.count);
    expect(await service.syncNow()).toBe(false);
    const there = count();
    expect(there).toBeGreaterThanOrEqual(20);
    const before = await service.getSyncStatus();
    expect(before).toMatchObject({ resync: "first sync" });
    small.database.exec("UPDATE notes SET a = 'changed meanwhile' WHERE a = 'note 1'");
    small.database.exec("DELETE FROM notes WHERE a = 'note 2'");
    const received: number[] = [];
    const cursors: number[] = [];
    service.on("sync_completed", (summary) => received.push(summary.received_count));
    service.on("exchanged", ({ cursor }) => cursors.push(cursor));
    expect(await service.syncNow()).toBe(true);
    expect(count()).toBe(94);
    // What was here already did not come again, but for the two.
    expect(received[0]).toBeLessThanOrEqual(95 - there + 2);
    expect(cursors).toEqual(cursors.toSorted((a, b) => a - b));
    expect(cursors.length).toBeGreaterThan((95 - there) / 10);
    expect(await service.compare()).toEqual([]);
  });

  it("tells of a conflict, whose other version is kept", async () => {
    const [ann, bob] = [await node("ann"), await node("bob")];
    await ann.service.syncNow();
    await bob.service.syncNow();
    const conflicts: unknown[] = [];
    bob.service.on("conflict_detected", (conflict) => conflicts.push(conflict));
    ann.database.exec(`INSERT INTO notes (uuid, a) VALUES ('${uuid}', 'first')`);
    bob.database.exec(`INSERT INTO notes (uuid, a) VALUES ('${uuid}', 'second')`);
    await ann.service.syncNow();
    await bob.service.syncNow();
    expect(conflicts).toMatchObject([{ status: "rejected", entity_uuid: uuid }]);
    expect(bob.database.prepare("SELECT a FROM notes").get()?.a).toBe("first");
    const lost = small.database
      .prepare("SELECT serialized_data AS data, conflict_resolution AS rule FROM object_version_history")
      .all();
    expect(lost).toMatchObject([{ data: expect.stringContaining('"second"'), rule: "server-wins" }]);
  });

  it("gets a new token with the enrolment secret when its own has ended", async () => {
    const { service, database } = await node("ann");
    await service.syncNow();
    small.database.exec("UPDATE sync_nodes SET revoked = 1");
    database.exec(`INSERT INTO notes (uuid, a) VALUES ('${uuid}', 'kept')`);
    expect(await service.syncNow()).toBe(true);
    expect(small.database.prepare("SELECT a FROM notes").get()?.a).toBe("kept");
  });

  it("gets one also where it finds out when it is started again, and says what is wrong with its secret where it has no token", async () => {
    const { service, database } = await node("ann");
    await service.syncNow();
    await service.close();
    small.database.exec("UPDATE sync_nodes SET revoked = 1");
    database.exec(`INSERT INTO notes (uuid, a) VALUES ('${uuid}', 'kept')`);
    const options = { database, serverUrl: small.url, nodeCode: "ann", autoSync: false, maxRetries: 0 };
    await using again = new SyncService({ ...options, enrolmentSecret: "let me in" });
    expect(await again.syncNow()).toBe(true);
    expect(small.database.prepare("SELECT a FROM notes").get()?.a).toBe("kept");
    await using stranger = new SyncService({ ...options, database: new DatabaseSync(":memory:"), nodeCode: "bob" });
    expect(await stranger.syncNow()).toBe(false);
    expect((await stranger.getSyncStatus()).error).toBe("The enrolment secret is wrong");
  });

  it("brings all that it has to a server that does not know it, what it had deleted there, too", async () => {
    const { service, database } = await node("ann");
    await service.syncNow();
    const other = uuid.replace(/1$/, "2");
    database.exec(`INSERT INTO notes (uuid, a) VALUES ('${uuid}', 'said'), ('${other}', 'gone')`);
    await service.syncNow();
    await service.close();
    database.exec(`DELETE FROM notes WHERE uuid = '${other}'`);
    await using second = await startSmallServer({ enrolmentSecret: "let me in" });
    second.database.exec(`INSERT INTO notes (uuid, updated_at, a) VALUES ('${other}', '2026-01-01', 'theirs')`);
    const { service: moved } = await second.node("ann", { database, enrolmentSecret: "let me in" });
    expect(await moved.syncNow()).toBe(true);
    const read = "SELECT a FROM notes ORDER BY a";
    expect(second.database.prepare(read).all()).toMatchObject([{ a: "said" }, { a: "theirs" }]);
    expect(database.prepare(read).all()).toMatchObject([{ a: "said" }, { a: "theirs" }]);
    expect(second.database.prepare("SELECT operation, reason FROM object_version_history").all()).toMatchObject([
      { operation: "DELETE" },
    ]);
    expect(await moved.compare()).toEqual([]);
  });

  it("finds rows that differ without anybody having written them, and repairs them", async () => {
    const { service, database } = await node("ann");
    small.database.exec(
      `INSERT INTO notes (uuid, updated_at, a) VALUES ('${uuid}', '2026-01-01T00:00:00.000000Z', 'right')`,
    );
    await service.syncNow();
    expect(await service.compare()).toEqual([]);
    database.exec(
      "INSERT INTO sync_state VALUES ('applying', '1'); UPDATE notes SET a = 'wrong'; DELETE FROM sync_state WHERE name = 'applying'",
    );
    expect(await service.compare()).toMatchObject([{ theirs: { name: "notes", rows: 1 }, ours: { rows: 1 } }]);
    await service.repair();
    expect(await service.compare()).toEqual([]);
    expect(database.prepare("SELECT a FROM notes").get()?.a).toBe("right");
  });

  describe("without a line", () => {
    let folder: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "records-"));
    });

    afterEach(() => rmSync(folder, { recursive: true }));

    it("has its changes carried by file, and their answers back, as often as it takes", async () => {
      const { service, database } = await node("ann");
      await service.syncNow();
      database.exec(`INSERT INTO notes (uuid, a) VALUES ('${uuid}', 'by hand')`);
      const file = join(folder, "sync_changes.json");
      expect(await service.exportPendingChanges(file)).toBe(1);
      for (let again = 0; again < 2; again++) {
        expect(await importChanges(small.server.manager, file)).toMatchObject({
          code: "ann",
          packets: 1,
          changes: 1,
          conflicts: 0,
        });
      }
      expect(small.database.prepare("SELECT a FROM notes").get()?.a).toBe("by hand");
      expect(small.database.prepare("SELECT count(*) AS count FROM object_version_history").get()?.count).toBe(0);
      expect(await service.importChanges(`${file}.answers`)).toBe(1);
      expect(await service.getSyncStatus()).toMatchObject({ pending_changes: 0 });
      expect(await service.syncNow()).toBe(true);
    });

    it("has a file refused that somebody changed, or that another node wrote", async () => {
      const { service, database } = await node("ann");
      await service.syncNow();
      database.exec(`INSERT INTO notes (uuid, a) VALUES ('${uuid}', 'mine')`);
      const file = join(folder, "sync_changes.json");
      await service.exportPendingChanges(file);
      writeFileSync(file, readFileSync(file, "utf8").replace('"mine"', '"else"'));
      await expect(importChanges(small.server.manager, file)).rejects.toThrow("the signature does not fit");
      expect(small.database.prepare("SELECT count(*) AS count FROM notes").get()?.count).toBe(0);
    });
  });
});

import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readHistory } from "../books/history.ts";
import type { Strategy } from "../rules/decide.ts";
import { run } from "../store/work.ts";
import { type SmallServer, startSmallServer } from "../testing/small-server.ts";
import { explain } from "./explain.ts";
import { fleetOf } from "./fleet.ts";
import { SyncManager } from "./sync-manager.ts";

const uuid = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";
const row = { updated_at: "2026-01-01T00:00:00.000000Z", is_deleted: "false", a: "said" };
let small: SmallServer;

beforeEach(async () => {
  small = await startSmallServer();
});

afterEach(() => small[Symbol.asyncDispose]());

it("writes records of its own, which go to all nodes, and refuses what is none", async () => {
  const { manager } = small.server;
  expect(await manager.applyChange("notes", uuid, "INSERT", row)).toBe(true);
  const { service, database } = await small.node("ann");
  await service.syncNow();
  expect(database.prepare("SELECT a FROM notes").get()?.a).toBe("said");
  await expect(manager.applyChange("nothing", uuid, "INSERT", row)).rejects.toThrow('no records of type "nothing"');
  await expect(manager.applyChange("notes", uuid, "UPDATE", { ...row, c: "" })).rejects.toThrow('no column "c"');
  await expect(manager.applyChange("notes", uuid, "UPDATE", null)).rejects.toThrow("UPDATE needs a row");
  expect(await manager.serializeEntity("notes", uuid)).toMatchObject({ a: "said" });
  expect(await manager.applyChange("notes", uuid, "DELETE", null)).toBe(true);
  await service.syncNow();
  expect(database.prepare("SELECT a FROM notes").all()).toEqual([]);
});

it("takes no strategy that there is not", async () => {
  const unknown = "newest-wins" as Strategy;
  const { manager } = small.server;
  expect(() => manager.setDefaultStrategy(unknown)).toThrow('"newest-wins" is no strategy');
  await expect(SyncManager.open(manager.store, { strategies: { notes: unknown } })).rejects.toThrow("no strategy");
});

it("tells since when the oldest record waits for a node", async () => {
  const { service } = await small.node("ann");
  await service.syncNow();
  const before = Date.now();
  small.database.prepare("INSERT INTO notes (uuid, updated_at, a) VALUES (?, '2026-01-01', 'x')").run(uuid);
  const { service: other } = await small.node("bob");
  await other.syncNow();
  const { nodes } = await fleetOf(small.server.manager, 1_000);
  expect(nodes).toMatchObject([
    { node_code: "ann", pending_changes: 1, oldest_unacked: expect.any(String) },
    { node_code: "bob", pending_changes: 0, oldest_unacked: null },
  ]);
  expect(Date.parse(nodes[0]?.oldest_unacked ?? "")).toBeGreaterThanOrEqual(before);
});

it("has a node fetch everything anew when it may see other rows than before", async () => {
  const { manager } = small.server;
  const insert = small.database.prepare("INSERT INTO notes (uuid, updated_at, a, b) VALUES (?, '2026-01-01', ?, ?)");
  for (const owner of ["ann", "bob", "carl"]) insert.run(crypto.randomUUID(), `of ${owner}`, owner);
  const { service, database } = await small.node("ann");
  const seen = () =>
    database
      .prepare("SELECT a FROM notes ORDER BY a")
      .all()
      .map(({ a }) => a);
  await service.syncNow();
  expect(seen()).toEqual(["of ann", "of bob", "of carl"]);
  const { node_id } = await service.getSyncStatus();
  await manager.setFilters(node_id ?? "", { notes: { b: "ann" } });
  await service.syncNow();
  expect(seen()).toEqual(["of ann"]);
  await manager.setFilters(node_id ?? "", { notes: { b: "bob" } });
  await service.syncNow();
  expect(seen()).toEqual(["of bob"]);
  await manager.setFilters(node_id ?? "", {});
  await service.syncNow();
  expect(seen()).toEqual(["of ann", "of bob", "of carl"]);
  expect(await service.getSyncStatus()).toMatchObject({ resync: null, pending_changes: 0 });
});

it("takes from a node no write to what it may not see, and none that puts a row out of its own sight", async () => {
  const { manager } = small.server;
  const insert = small.database.prepare("INSERT INTO notes (uuid, updated_at, a, b) VALUES (?, '2026-01-01', ?, ?)");
  insert.run(uuid, "of ann", "ann");
  const { service, database } = await small.node("ann");
  await service.syncNow();
  const { node_id } = await service.getSyncStatus();
  await manager.setFilters(node_id ?? "", { notes: { b: "ann" } });
  await service.syncNow();
  database.exec("UPDATE notes SET a = 'given away', b = 'bob'");
  await service.syncNow();
  const stands = [{ a: "of ann", b: "ann" }];
  const rows = (one: DatabaseSync) =>
    one
      .prepare("SELECT a, b FROM notes")
      .all()
      .map((row) => ({ ...row }));
  expect([rows(small.database), rows(database)]).toEqual([stands, stands]);
  // It becomes somebody else's while ann writes.
  small.database.exec("UPDATE notes SET b = 'bob'");
  database.exec("UPDATE notes SET a = 'mine'");
  await service.syncNow();
  expect([rows(small.database), rows(database)]).toEqual([[{ a: "of ann", b: "bob" }], []]);
  const history = await manager.store.transaction(() => readHistory({}));
  expect(history.map(({ conflict_resolution, serialized_data }) => [conflict_resolution, serialized_data?.a])).toEqual([
    ["hidden", "mine"],
    ["filter", "given away"],
  ]);
});

it("explains a record that is gone by what lost against nothing", async () => {
  const { manager } = small.server;
  await manager.applyChange("notes", uuid, "INSERT", row);
  const { service, database } = await small.node("ann");
  await service.syncNow();
  small.database.exec("DELETE FROM notes");
  database.exec("UPDATE notes SET a = 'too late'");
  await service.syncNow();
  const before = { entity_type: "notes", deleted: true, parked: false, row: null };
  const lost = { conflict_resolution: "server-wins", written_by: "ann", serialized_data: { a: "too late" } };
  expect(await explain(manager, uuid)).toMatchObject([
    {
      ...before,
      version: 2,
      lost: [{ ...lost, standing_version: 2, standing_by: null, standing_at: expect.any(String) }],
    },
  ]);
  await service.syncNow();
  await manager.store.transaction(() => run("DELETE FROM sync_records"));
  expect(await explain(manager, uuid)).toMatchObject([{ ...before, version: 0, written_at: null, lost: [lost] }]);
});

it("meets nodes again after its database was set back to an earlier state", async () => {
  const enrolmentSecret = "let me in";
  await using small = await startSmallServer({ enrolmentSecret });
  const { manager } = small.server;
  const { service, database } = await small.node("ann", { enrolmentSecret });
  const { service: other } = await small.node("bob", { enrolmentSecret });
  await service.syncNow();
  database.exec(`INSERT INTO notes (uuid, a) VALUES ('${uuid}', 'before')`);
  for (const one of [service, other, service]) await one.syncNow();
  const tables = ["notes", "sync_records", "sync_nodes", "sync_packets", "sync_state"];
  const saved = tables.map((table) => {
    const select = small.database.prepare(`SELECT * FROM ${table}`);
    select.setReadBigInts(true);
    return [table, select.all()] as const;
  });
  database.exec("UPDATE notes SET a = 'since'");
  for (const one of [service, other, service]) await one.syncNow();
  // Restored, and written to before anybody comes: it gives versions that it gave before.
  small.database.exec("INSERT INTO sync_state VALUES ('applying', '1')");
  for (const [table, rows] of saved) {
    small.database.exec(`DELETE FROM ${table}`);
    for (const row of rows) {
      const names = Object.keys(row);
      small.database
        .prepare(`INSERT INTO ${table} (${names}) VALUES (${names.map(() => "?")})`)
        .run(...Object.values(row));
    }
  }
  small.database.exec("DELETE FROM sync_state WHERE name = 'applying'");
  await manager.restored();
  small.database.exec("UPDATE notes SET b = 'on the restored one'");
  database.exec("UPDATE notes SET b = 'on the other'");
  expect(await service.syncNow()).toBe(true);
  expect(await other.syncNow()).toBe(true);
  const rows = [small.database, database].map((one) => ({ ...one.prepare("SELECT a, b FROM notes").get() }));
  expect(rows).toEqual([
    { a: "before", b: "on the restored one" },
    { a: "before", b: "on the restored one" },
  ]);
  const lost = small.database.prepare("SELECT serialized_data AS data FROM object_version_history").all();
  expect(lost).toMatchObject([{ data: expect.stringContaining("on the other") }]);
});

it("forgets by itself what is older than it is to be remembered", async () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  let now = Date.now();
  await using server = await startSmallServer({
    clock: () => now,
    purgeInterval: 10,
    retention: { tombstones: 1_000, history: 2_000 },
  });
  try {
    await server.server.manager.applyChange("notes", uuid, "INSERT", row);
    server.database.exec("DELETE FROM notes");
    await server.server.manager.registerNode({ code: "ann", name: "ann", trusted: false, tokenLife: 1e9 });
    const { service } = await server.node("bob");
    await service.syncNow();
    const purged = async () => (await fleetOf(server.server.manager, 1_000)).purged_before;
    now += 5_000;
    vi.advanceTimersByTime(10_000);
    await expect.poll(purged).toBeGreaterThan(0);
  } finally {
    vi.useRealTimers();
  }
});

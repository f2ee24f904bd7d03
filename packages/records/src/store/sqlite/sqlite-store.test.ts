import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { createNotes } from "../../testing/world.ts";
import { takeIn } from "../take-in.ts";
import { run } from "../work.ts";
import { SqliteStore } from "./sqlite-store.ts";

const uuid = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";

describe("a replica in SQLite", () => {
  let database: DatabaseSync;
  let store: SqliteStore;
  const captured = () =>
    database
      .prepare("SELECT operation, entity_uuid, changed FROM sync_changes ORDER BY id")
      .all()
      .map((row) => ({ ...row }));

  beforeEach(async () => {
    database = new DatabaseSync(":memory:");
    database.exec(createNotes("sqlite"));
    store = await SqliteStore.open(database);
    await store.transaction(() => takeIn(store.dialect, "node"));
  });

  it("captures what anybody writes, and which columns they changed", () => {
    database.exec(`INSERT INTO notes (uuid, updated_at, a) VALUES ('${uuid}', '2026-01-01', 'x')`);
    database.exec("UPDATE notes SET b = 'y'");
    database.exec("UPDATE notes SET is_deleted = true, updated_at = '2026-01-03'");
    database.exec("DELETE FROM notes");
    expect(captured()).toMatchObject([
      { operation: "INSERT", entity_uuid: uuid, changed: null },
      { operation: "UPDATE", changed: '["b"]' },
      { operation: "DELETE", changed: '["updated_at","is_deleted"]' },
      { operation: "DELETE", changed: null },
    ]);
  });

  it("captures rows that others take the place of, though no trigger hears of their end", async () => {
    database.exec("CREATE TABLE old (id INTEGER PRIMARY KEY, word TEXT)");
    await store.transaction(() => store.dialect.enable("old", "node"));
    database.exec("INSERT INTO old (id, word) VALUES (1, 'one'), (2, 'two'); DELETE FROM sync_changes");
    const [one, two] = database
      .prepare("SELECT uuid FROM old ORDER BY id")
      .all()
      .map(({ uuid }) => String(uuid));
    database.exec("INSERT OR REPLACE INTO old (id, word) VALUES (1, 'another')");
    database.exec("UPDATE OR REPLACE old SET id = 2 WHERE id = 1");
    const [another] = database.prepare("SELECT uuid FROM old").all();
    expect(captured().map(({ operation, entity_uuid }) => [operation, entity_uuid])).toEqual([
      ["DELETE", one],
      ["UPDATE", another?.uuid],
      ["INSERT", another?.uuid],
      ["DELETE", two],
      ["UPDATE", another?.uuid],
    ]);
    // Somebody who writes what is there notes no column that they did not change.
    database.exec(
      "DELETE FROM sync_changes; INSERT INTO old (id, word) VALUES (2, 'new') ON CONFLICT (id) DO UPDATE SET word = 'new'",
    );
    expect(captured().map(({ changed }) => changed)).toEqual(["[]", '["word"]']);
    expect(captured().at(-1)).toMatchObject({ operation: "UPDATE", entity_uuid: another?.uuid });
    await store.transaction(() => takeIn(store.dialect, "node"));
    expect(captured()).toHaveLength(2);
  });

  it("moves updated_at for writers that do not", () => {
    database.exec(`INSERT INTO notes (uuid, updated_at) VALUES ('${uuid}', '2001-01-01')`);
    database.exec("UPDATE notes SET a = 'y'");
    expect(String(database.prepare("SELECT updated_at FROM notes").get()?.updated_at)).toMatch(/^20[2-9]\d-/);
  });

  it("tells a record that gets another uuid as one that is gone and one that is new", () => {
    const other = uuid.replace(/1$/, "2");
    database.exec(
      `INSERT INTO notes (uuid, updated_at) VALUES ('${uuid}', '2026-01-01'); UPDATE notes SET uuid = '${other}'`,
    );
    expect(captured().slice(1)).toMatchObject([
      { operation: "DELETE", entity_uuid: uuid },
      { operation: "UPDATE", entity_uuid: other, changed: null },
    ]);
  });

  it("refuses what is no UUID as others would write it", () => {
    for (const wrong of ["1", uuid.toUpperCase(), `${uuid} `]) {
      expect(() => database.prepare("INSERT INTO notes (uuid, updated_at) VALUES (?, '')").run(wrong)).toThrow(
        "lower-case hex",
      );
    }
  });

  it("undoes all of a transaction that fails, and leaves the program's settings as they were", async () => {
    const failing = store.transaction(function* () {
      yield* store.dialect.applying(true);
      yield* run("INSERT INTO notes (uuid, updated_at) VALUES ($1, '')", uuid);
      throw new Error("killed");
    });
    await expect(failing).rejects.toThrow("killed");
    expect(
      database.prepare("SELECT (SELECT count(*) FROM notes) + (SELECT count(*) FROM sync_changes) AS count").get()
        ?.count,
    ).toBe(0);
    expect(database.prepare("PRAGMA foreign_keys").get()?.foreign_keys).toBe(1);
    database.exec(`INSERT INTO notes (uuid, updated_at) VALUES ('${uuid}', '')`);
    expect(captured()).toHaveLength(1);
  });

  it("says so when the program is in the middle of a transaction of its own", async () => {
    database.exec("BEGIN");
    await expect(store.transaction(() => run("SELECT 1"))).rejects.toThrow("the program's own transaction is open");
    database.exec("COMMIT");
  });

  it("takes in a table that was there before, with its rows", async () => {
    database.exec(
      "CREATE TABLE old (id INTEGER PRIMARY KEY, word TEXT); INSERT INTO old (word) VALUES ('one'), ('two')",
    );
    const done = await store.transaction(() => store.dialect.enable("old", "node"));
    expect(done).toEqual(["column uuid", "column updated_at", "column is_deleted", "capture by triggers"]);
    expect(database.prepare("SELECT count(DISTINCT uuid) AS count FROM old").get()?.count).toBe(2);
    database.exec("INSERT INTO old (word) VALUES ('three')");
    const noted = database.prepare("SELECT entity_uuid FROM sync_changes WHERE entity_type = 'old'").all();
    const rows = database.prepare("SELECT uuid AS entity_uuid FROM old").all();
    expect(new Set(noted.map((one) => one.entity_uuid))).toEqual(new Set(rows.map((one) => one.entity_uuid)));
  });

  it("takes no table whose numbers it would spoil", async () => {
    database.exec("CREATE TABLE prices (amount NUMERIC(10, 2))");
    await expect(store.transaction(() => store.dialect.enable("prices", "node"))).rejects.toThrow(
      "of which SQLite keeps 15 digits",
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepDatabase, takeKeptDatabase } from "../src/databases/incoming.ts";
import { swapDatabases, undoDatabases } from "../src/swap/swap-databases.ts";
import { execute, type Pair, startPair } from "./support/pair.ts";

describe("the swap of databases", () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair();
  });
  afterAll(async () => pair?.[Symbol.asyncDispose]());

  const swaps = [
    { name: "app", hadLive: true },
    { name: "fresh", hadLive: false },
  ];
  const names = async () => {
    await using session = await pair.staging.connect("postgres");
    const found = await session.query<{ datname: string }>(
      "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1",
    );
    return found.map(({ datname }) => datname);
  };
  const content = async (database: string) => {
    await using session = await pair.staging.connect(database);
    return (await session.query<{ word: string }>("SELECT word FROM public.t"))[0]?.word;
  };

  it("renames all at once, also under clients that come back; undone, all is as before", async () => {
    for (const name of ["app", "app_incoming", "fresh_incoming"]) {
      await execute(pair.staging, "postgres", `CREATE DATABASE ${name}`);
      await execute(pair.staging, name, "CREATE TABLE t (word text)", `INSERT INTO t VALUES ('${name}')`);
    }
    const before = await names();
    let hold = true;
    const stubborn = (async () => {
      while (hold) await content("app").catch(() => {});
    })();
    await using admin = await pair.staging.connect("postgres");
    await swapDatabases(admin, swaps);
    hold = false;
    await stubborn;
    expect(await names()).toEqual(["app", "app_outgoing", "fresh"]);
    expect([await content("app"), await content("app_outgoing"), await content("fresh")]).toEqual([
      "app_incoming",
      "app",
      "fresh_incoming",
    ]);
    await undoDatabases(admin, swaps);
    expect(await names()).toEqual(before);
    expect(await content("app")).toBe("app");
    // A second time, and before any swap, there is nothing to undo.
    await undoDatabases(admin, swaps);
    expect(await names()).toEqual(before);
  });

  it("renames none when one cannot be", async () => {
    await using admin = await pair.staging.connect("postgres");
    const before = await names();
    await expect(swapDatabases(admin, [...swaps, { name: "missing", hadLive: false }])).rejects.toThrow(
      /missing_incoming/,
    );
    expect(await names()).toEqual(before);
  });

  it("keeps what was replaced for one generation, and lays it ready again", async () => {
    await using admin = await pair.staging.connect("postgres");
    for (const generation of ["first", "second"]) {
      for (const name of ["turn_incoming", ...(generation === "first" ? ["turn"] : [])]) {
        await execute(pair.staging, "postgres", `CREATE DATABASE ${name}`);
        await execute(
          pair.staging,
          name,
          "CREATE TABLE t (word text)",
          `INSERT INTO t VALUES ('${generation} ${name}')`,
        );
      }
      await swapDatabases(admin, [{ name: "turn", hadLive: true }]);
      await keepDatabase(admin, "turn");
      await keepDatabase(admin, "turn");
    }
    expect([await content("turn"), await content("turn_kept")]).toEqual([
      "second turn_incoming",
      "first turn_incoming",
    ]);
    await takeKeptDatabase(admin, "turn");
    await takeKeptDatabase(admin, "turn");
    expect(await content("turn_incoming")).toBe("first turn_incoming");
    expect(await names()).not.toContain("turn_kept");
  });
});

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PeriodicStatus } from "../src/types.ts";
import { headers } from "./support/ask-agent.ts";
import { freePort, type Machines, type Pair, startMachines, type TestServer } from "./support/two-servers.ts";

let machines: Machines;
let pair: Pair;
beforeAll(async () => {
  machines = await startMachines();
  pair = await machines.pair();
});
afterAll(async () => {
  await pair[Symbol.asyncDispose]();
  await machines[Symbol.asyncDispose]();
});

async function restart(server: TestServer, ...settings: string[]): Promise<void> {
  server.set(settings);
  await server.kill("SIGTERM");
  await server.start();
}

async function status({ url }: Pick<TestServer, "url">): Promise<PeriodicStatus> {
  return (await (await fetch(`${url}/api/admin/sync/periodic`, { headers })).json()) as PeriodicStatus;
}

const wordsOf = async (server: TestServer) =>
  (await server.query<{ words: string }>("SELECT words FROM notes WHERE NOT is_deleted ORDER BY words")).map(
    ({ words }) => words,
  );

describe("periodic sync", () => {
  it("exchanges writes of both sides by itself, before, during and after a full sync", async () => {
    const { a, b } = pair;
    await b.run(
      "CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), words text)",
      "INSERT INTO notes (words) VALUES ('first')",
    );
    await restart(b, "periodic: { tables: [notes], exchangeSeconds: 1 }");
    await a.run(
      `CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), words text, uuid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
         updated_at timestamptz NOT NULL DEFAULT clock_timestamp(), is_deleted boolean NOT NULL DEFAULT false)`,
    );
    expect(await a.json("sync-full", "pull", "--peer", "Server B", "--yes")).toMatchObject({
      verified: true,
      rows: { inserted: 1 },
    });
    await restart(a, "periodic: { with: Server B, tables: [notes], exchangeSeconds: 1 }");
    await a.run("INSERT INTO notes (words) VALUES ('from a')");
    await b.run("INSERT INTO notes (words) VALUES ('from b')");
    await expect.poll(() => wordsOf(a)).toEqual(["first", "from a", "from b"]);
    await expect.poll(() => wordsOf(b)).toEqual(["first", "from a", "from b"]);
    expect(await status(a)).toMatchObject({ enabled: true, peer: "Server B", conflicts: 0, error: null });

    await b.run("INSERT INTO notes (words) SELECT 'many ' || i FROM generate_series(1, 2000) i");
    const full = a.json("sync-full", "pull", "--peer", "Server B", "--yes");
    await a.run("INSERT INTO notes (words) VALUES ('meanwhile')");
    expect(await full).toMatchObject({ status: "completed" });
    await a.run("UPDATE notes SET is_deleted = true WHERE words = 'first'");
    const news = "SELECT words FROM notes WHERE words IN ('first', 'meanwhile') AND NOT is_deleted";
    await expect.poll(() => b.query(news)).toEqual([{ words: "meanwhile" }]);
    expect(await wordsOf(b)).toHaveLength(2003);
    expect(await wordsOf(a)).toEqual(await wordsOf(b));
    expect(await b.query("SELECT count(*) AS open FROM object_version_history WHERE open")).toEqual([{ open: 0 }]);
  });

  it("decides a conflict by rule, and keeps what lost in the history", async () => {
    const { a, b } = pair;
    await a.kill("SIGTERM");
    await a.run("UPDATE notes SET words = 'as a has it' WHERE words = 'from a'");
    await b.run("UPDATE notes SET words = 'as b has it' WHERE words = 'from a'");
    await a.start();
    await expect.poll(() => wordsOf(a)).toContain("as b has it");
    expect(await wordsOf(a)).toEqual(await wordsOf(b));
    const lost = await b.query<{ lost: string }>("SELECT serialized_data::text AS lost FROM object_version_history");
    expect(lost.some(({ lost }) => lost.includes("as a has it"))).toBe(true);
  });

  it("is done by one of two processes of a server, and goes on in the other when that one dies", async () => {
    const { a, b } = pair;
    const url = `http://127.0.0.1:${await freePort()}`;
    const beside = a.begin("peers-serve", "--listen", url.slice("http://".length));
    try {
      const shown = () => status({ url }).catch(() => undefined);
      await expect.poll(shown).toMatchObject({ enabled: true, peer: "Server B", state: "idle" });
      const holder = () => {
        using book = a.book();
        return book.periodicSeat.take(beside.pid);
      };
      expect(holder(), "the one beside has taken it").toBe(false);
      await a.kill();
      await a.run("INSERT INTO notes (words) VALUES ('by the other')");
      await expect.poll(async () => (await wordsOf(b)).includes("by the other")).toBe(true);
      expect(holder()).toBe(true);
      await a.start();
      expect(await status(a)).toMatchObject({ enabled: true, peer: "Server B" });
    } finally {
      beside.kill("SIGTERM");
      await new Promise((resolve) => beside.once("exit", resolve));
    }
    await a.run("INSERT INTO notes (words) VALUES ('by the first again')");
    await expect.poll(async () => (await wordsOf(b)).includes("by the first again")).toBe(true);
  });

  it("shows its lag while the other is gone, and catches up", async () => {
    const { a, b } = pair;
    await b.kill();
    await a.run("INSERT INTO notes (words) VALUES ('late')");
    await sleep(3_000);
    const behind = await status(a);
    expect(behind.state).toBe("failing");
    expect(behind.lagSeconds).toBeGreaterThan(0);
    await b.start();
    await expect.poll(async () => (await wordsOf(b)).includes("late")).toBe(true);
    await expect.poll(async () => (await status(a)).lagSeconds).toBe(0);
  });
});

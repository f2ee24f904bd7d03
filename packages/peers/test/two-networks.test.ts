import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cannotJoinNetworks, startTwoNetworks, type TwoNetworks } from "./support/two-networks.ts";
import type { Pair } from "./support/two-servers.ts";

const schema = "CREATE TABLE people (id integer PRIMARY KEY, words text)";
const fill = (from: number) =>
  `INSERT INTO people SELECT i, repeat(md5(i::text), 40) FROM generate_series(${from}, ${from + 19_999}) i`;

if (cannotJoinNetworks) console.warn(`SKIPPED, two networks: ${cannotJoinNetworks}`);

describe.skipIf(cannotJoinNetworks)("two servers, each in a network of its own", () => {
  let networks: TwoNetworks;
  let pair: Pair;
  beforeAll(async () => {
    networks = await startTwoNetworks();
    pair = await networks.pair();
    for (const one of [pair.a, pair.b]) await one.run(schema);
    await pair.a.run(fill(1));
    await pair.b.run(fill(10_001));
  });
  afterAll(async () => {
    await pair?.[Symbol.asyncDispose]();
    await networks?.[Symbol.asyncDispose]();
  });

  const reaches = (from: "a" | "b", to: string, port: number) => {
    const [program = "", ...words] = networks[from].within;
    const dial = `require("node:net").connect(${port}, "${to}").once("connect", () => process.exit(0)).once("error", () => process.exit(1))`;
    try {
      execFileSync(program, [...words, process.execPath, "-e", dial], { timeout: 20_000 });
      return true;
    } catch {
      return false;
    }
  };

  it("reach each other's agent, and neither the other's database nor anything else", () => {
    expect(reaches("a", networks.b.address, pair.b.port)).toBe(true);
    expect(reaches("b", networks.a.address, pair.a.port)).toBe(true);
    expect(reaches("a", networks.b.address, 5432)).toBe(false);
    expect(reaches("a", "127.0.0.1", 5432)).toBe(true);
    expect(reaches("a", "192.0.2.1", 80)).toBe(false);
  });

  it.each([
    ["a", "pull", "Server B"],
    ["b", "pull", "Server A"],
    ["a", "push", "Server B"],
    ["b", "push", "Server A"],
  ] as const)("sync in full, begun at %s: %s", async (who, direction, peer) => {
    const own = pair[who];
    const other = who === "a" ? pair.b : pair.a;
    const [source, target] = direction === "pull" ? [other, own] : [own, other];
    await source.run(`UPDATE people SET words = '${who} ${direction}' WHERE id % 1000 = 0`);
    const done = await own.json("sync-full", direction, "--peer", peer, "--yes");
    expect(done).toMatchObject({ status: "completed", verified: true });
    expect(done.rows.inserted + done.rows.updated).toBeGreaterThan(0);
    const sent = await source.rowsOf("people");
    expect(new Set(await target.rowsOf("people")).isSupersetOf(new Set(sent))).toBe(true);
    expect(other.sessions()[0]).toMatchObject({ role: "passive", status: "completed", verified: true });
  });

  it("are the same in the end", async () => {
    expect(await pair.a.rowsOf("people")).toEqual(await pair.b.rowsOf("people"));
    expect(await pair.a.query("SELECT count(*)::int AS rows FROM people")).toEqual([{ rows: 30_000 }]);
  });

  it("use a line of 100 Mbit/s well, and never more than it has", async () => {
    networks.shape(100);
    await pair.b.run("TRUNCATE people");
    const done = await pair.a.json("sync-full", "push", "--peer", "Server B", "--yes", "--no-compress");
    expect(done).toMatchObject({ status: "completed", verified: true, rows: { inserted: 30_000 } });
    const { transferSpeed } = pair.a.sessions()[0] ?? {};
    expect(transferSpeed).toBeGreaterThan(3_000_000);
    expect(transferSpeed).toBeLessThan(20_000_000);
  });
});

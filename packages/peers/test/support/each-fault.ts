import { appendFileSync, globSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { Direction, Phase, Session } from "../../src/types.ts";
import { startByAgent } from "./ask-agent.ts";
import { openBadLine, seeded } from "./bad-line.ts";
import { pointAt } from "./campaign.ts";
import { smallDisk } from "./small-disk.ts";
import type { Machines, Pair, PairOptions, TestServer } from "./two-servers.ts";

type Who = "a" | "b";

export const rowCount = 40_000;
const table = "CREATE TABLE big (id integer PRIMARY KEY, words text)";
const fill = `INSERT INTO big SELECT i, repeat(md5(i::text), 20) FROM generate_series(1, ${rowCount}) i`;
// On Postgres' disk these rows are small, for it compresses them; as chunks they are 40 MB.
const squeezable = "INSERT INTO big SELECT i, repeat('x', 20000) FROM generate_series(1, 2000) i";

/** The restore of the table takes so long, s, for it fires also while the others rest. */
export const slow = (seconds: number) => [
  `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NULL; END $$`,
  "CREATE TRIGGER slow BEFORE INSERT ON big FOR EACH STATEMENT EXECUTE FUNCTION slow()",
  "ALTER TABLE big ENABLE ALWAYS TRIGGER slow",
];

/** A deferred trigger does its work within the commit. */
const slowCommit = [
  "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(4); RETURN NULL; END $$",
  "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON big DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.id = 1) EXECUTE FUNCTION late()",
  "ALTER TABLE big ENABLE ALWAYS TRIGGER late",
];

/** The rows are at the source, the target is empty, and the line is slow enough to meet every phase. */
export async function pairFor(machines: Machines, direction: Direction, options: PairOptions = {}): Promise<Pair> {
  const pair = await machines.pair({ a: ["megabitsPerSecond: 80"], ...options });
  const { a, b } = pair;
  for (const one of [a, b]) await one.run(table);
  await (direction === "pull" ? b : a).run(fill);
  return pair;
}

/** It goes on when the agent comes again. */
export async function killAt(machines: Machines, who: Who, direction: Direction, phase: Phase): Promise<void> {
  await using pair = await pairFor(machines, direction);
  const [target, victim] = [direction === "pull" ? pair.a : pair.b, pair[who]];
  if (phase === "restore") await target.run(...slow(2));
  await startByAgent(pair.a, "Server B", direction);
  await reach(pair.a, phase);
  await victim.kill();
  await sleep(300);
  await victim.start();
  expect(await ended(pair.a)).toMatchObject({ status: "completed", verified: true, error: null });
  await expectSame(pair);
  await expectNoneRuns(pair);
}

/** Rows come in pages: it goes on after the last one that was sent. */
export async function killAmongPages(machines: Machines, who: Who): Promise<void> {
  await using pair = await pairFor(machines, "pull");
  const sessionId = await startByAgent(pair.a, "Server B", "pull", { method: "http" });
  await expect.poll(() => pair.a.sessions()[0]?.bytesTransferred, { interval: 20 }).toBeGreaterThan(0);
  await pair[who].kill();
  await sleep(300);
  await pair[who].start();
  expect(await ended(pair.a)).toMatchObject({ status: "completed", verified: true, error: null, method: "http" });
  const { log } = await pair.a.json("sync-sessions", "--log", sessionId);
  const words = log.map(({ text }: { text: string }) => text).join("\n");
  if (who === "a") expect(words).toMatch(/Going on after \d+ pages/);
  await expectSame(pair);
  await expectNoneRuns(pair);
}

/** It fails in plain words, leaves the target as it was, and the next one passes. */
export async function fillDisk(machines: Machines, who: Who, direction: Direction, message: string): Promise<void> {
  await using pair = await machines.pair();
  const { a, b } = pair;
  for (const one of [a, b]) await one.run(table);
  const [source, target] = direction === "pull" ? [b, a] : [a, b];
  await source.run(squeezable);
  {
    using _ = smallDisk(pair[who].chunks, 8);
    const failed = await a.json("sync-full", direction, "--peer", "Server B", "--yes");
    expect(failed).toMatchObject({
      status: "failed",
      error: { message, next: expect.stringContaining("Free some room") },
    });
    await expectEmpty(target);
    await expectNoneRuns(pair);
  }
  const again = await a.json("sync-full", direction, "--peer", "Server B", "--yes");
  expect(again).toMatchObject({ status: "completed", verified: true, rows: { inserted: 2000 } });
}

/** Not even the book can be written: the agent lives on, and the chunks make room for it to say so. */
export async function fillBook(machines: Machines): Promise<void> {
  await using pair = await pairFor(machines, "pull");
  const { a } = pair;
  await a.kill("SIGTERM");
  const folder = dirname(a.chunks);
  using _ = smallDisk(folder, 64);
  await a.start();
  await startByAgent(a, "Server B", "pull");
  await expect.poll(() => globSync("*/chunk-??????", { cwd: a.chunks }).length, { interval: 50 }).toBeGreaterThan(0);
  const filler = join(folder, "filler");
  expect(() => appendFileSync(filler, Buffer.alloc(64_000_000))).toThrow("ENOSPC");
  await expect
    .poll(() => a.sessions()[0])
    .toMatchObject({
      ...{ status: "failed", error: { message: "The disk for chunks is full" } },
    });
  expect(a.agent?.exitCode).toBeNull();
  await expectEmpty(a);
  await expectNoneRuns(pair);
  rmSync(filler);
  const again = await a.json("sync-full", "pull", "--peer", "Server B", "--yes");
  expect(again).toMatchObject({ status: "completed", verified: true, rows: { inserted: rowCount } });
}

/** It is told of, and changes nothing. */
export async function skewClock(machines: Machines, who: Who): Promise<void> {
  await using pair = await pairFor(machines, "pull");
  const ahead = pair[who];
  await ahead.kill("SIGTERM");
  const preload = new URL("./skewed-clock.ts", import.meta.url).href;
  Object.assign(ahead.environment, { NODE_OPTIONS: `--import ${preload}`, CLOCK_AHEAD_MS: String(3_600_000) });
  await ahead.start();
  const sessionId = await startByAgent(pair.a, "Server B", "pull");
  expect(await ended(pair.a)).toMatchObject({ status: "completed", verified: true });
  const { log } = await pair.a.json("sync-sessions", "--log", sessionId);
  expect(log.map(({ text }: { text: string }) => text).join()).toMatch(/clocks are 3\d\d\d s apart/);
  await expectSame(pair);
  await expectNoneRuns(pair);
}

/** Where the agents do not speak HTTPS: it is all right, or fails in words. */
export async function changeBits(machines: Machines, seed: number, method: "backup" | "http"): Promise<void> {
  await using pair = await pairFor(machines, "pull", { a: [] });
  await using line = await openBadLine(pair.b.port, seeded(seed));
  line.troubles = { corrupt: 0.02 };
  pointAt(pair.a, line.port);
  const flags = ["--peer", "Server B", "--yes", "--no-compress", "--method", method];
  const done = await pair.a.json("sync-full", "pull", ...flags);
  expect(line.done).toBeGreaterThan(0);
  if (done.status === "completed") await expectSame(pair);
  else {
    expect(done.error?.message).toEqual(expect.any(String));
    await expectEmpty(pair.a);
  }
  line.troubles = {};
  await expectNoneRuns(pair);
}

/** It comes too late: the session is completed, and nobody is told otherwise. */
export async function cancelAtCommit(machines: Machines, direction: Direction): Promise<void> {
  await using pair = await pairFor(machines, direction, { a: [] });
  const target = direction === "pull" ? pair.a : pair.b;
  await target.run(...slowCommit);
  await startByAgent(pair.a, "Server B", direction);
  const commits = "SELECT FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active'";
  await expect.poll(() => target.query(commits), { interval: 50 }).toHaveLength(1);
  await pair.a.verb("sync-cancel");
  expect(await ended(pair.a)).toMatchObject({ status: "completed" });
  expect(await ended(pair.b)).toMatchObject({ status: "completed" });
  await expectSame(pair);
}

/** @throws Error when the newest session ends before it gets there */
export async function reach(server: TestServer, phase: Phase): Promise<void> {
  using book = server.book();
  for (;;) {
    const [newest] = book.sessions.list({ limit: 1 });
    if (newest?.phase === phase && newest.status === "running") return;
    if (newest?.completedAt) throw new Error(`it was ${newest.status} before ${phase}: ${newest.error?.message}`);
    await sleep(5);
  }
}

/** The newest session, once it is through. */
export async function ended(server: TestServer): Promise<Session> {
  await expect
    .poll(() => server.sessions()[0]?.completedAt, { timeout: 120_000, interval: 200 })
    .toEqual(expect.any(String));
  return server.sessions()[0] as Session;
}

export async function expectSame({ a, b }: Pair): Promise<void> {
  const digest = "SELECT count(*)::int AS rows, sum(hashtextextended(t::text, 0))::text AS sum FROM big AS t";
  const [here] = await a.query<{ rows: number }>(digest);
  expect([here]).toEqual(await b.query(digest));
  expect(here?.rows).toBe(rowCount);
}

export async function expectEmpty(server: TestServer): Promise<void> {
  expect(await server.query("SELECT count(*)::int AS rows FROM big")).toEqual([{ rows: 0 }]);
}

export async function expectNoneRuns({ a, b }: Pair): Promise<void> {
  for (const one of [a, b]) {
    await expect.poll(() => one.sessions().map(({ status }) => status)).not.toContain("running");
    expect(one.sessions().map(({ status }) => status)).not.toContain("interrupted");
  }
}

import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Status } from "../../src/types.ts";
import { openBadLine, seeded } from "./bad-line.ts";
import type { Machines, Pair, TestServer } from "./two-servers.ts";

export interface Run {
  readonly seed: number;
  readonly status: Status | undefined;
  /** Whether a session whose process died went on. */
  readonly isResumed: boolean;
  /** Whether a session failed first, and another one was begun. */
  readonly isAnew: boolean;
  /** What must not be: stuck, silent, lost or doubled rows. */
  readonly problem: string | undefined;
}

/** Attempts over a bad line. What is still not through then gets a good one. */
const troubled = 3;

const rowCount = 20_000;

/** Full syncs one after the other, each over a line and with kills that its seed draws; resumed until they end. */
export async function runCampaign(machines: Machines, seeds: readonly number[]): Promise<Run[]> {
  // Over HTTPS, as between two servers: what a line does to bits is noticed in every word, not only in chunks.
  await using pair = await machines.pair({ certified: true });
  for (const one of [pair.a, pair.b]) {
    await one.run(
      "CREATE TABLE people (id integer PRIMARY KEY, name text, email text UNIQUE)",
      "CREATE TABLE orders (id integer PRIMARY KEY, person integer REFERENCES people, words text)",
    );
  }
  const runs: Run[] = [];
  for (const seed of seeds) runs.push(await once(pair, seed));
  const count = (is: (run: Run) => boolean) => runs.filter(is).length;
  console.info(
    `${runs.length} runs: ${count(({ status }) => status === "completed")} completed, of them ${count(({ isResumed }) => isResumed)} by resume, ${count(({ isAnew }) => isAnew)} begun anew after a failure`,
  );
  return runs;
}

async function once(pair: Pair, seed: number): Promise<Run> {
  const random = seeded(seed);
  const { a, b } = pair;
  const [source, target] = random() < 0.5 ? [a, b] : [b, a];
  const direction = target === a ? "pull" : "push";
  await target.run("TRUNCATE people, orders");
  await source.run("TRUNCATE people, orders", ...rowsOf(seed));
  await using line = await openBadLine(b.port, random);
  line.troubles = { cut: random() * 0.4, cutAfter: 3_000_000, delay: random() * 5, corrupt: random() * 0.01 };
  pointAt(a, line.port);
  const victims = [a, b].filter(() => random() < 0.4);
  const killing = killAll(victims, random);
  const [last] = a.sessions();
  let status: Status | undefined;
  for (let attempts = 0; attempts < 6 && status !== "completed"; attempts++) {
    const verb = a.begin(
      "sync-full",
      direction,
      "--peer",
      "Server B",
      "--yes",
      "--steps",
      random() < 0.3 ? "table-by-table" : "one-transaction",
    );
    const ended = new Promise((resolve) => verb.once("exit", resolve));
    // Every third run is surely cut in the middle, the others wherever it comes.
    const isCut = attempts === 0 && seed % 3 === 0;
    if (isCut || random() < 0.3) {
      await Promise.race([ended, isCut ? begun(a, last?.sessionId, verb) : sleep(random() * 4_000)]);
      verb.kill("SIGKILL");
    }
    await ended;
    status = await settled(a, last?.sessionId);
    if (attempts + 1 === troubled) line.troubles = {};
  }
  await killing;
  pointAt(a, b.port);
  return { seed, status, ...historyOf(a, last?.sessionId), problem: await problemOf(source, target, a, status) };
}

/** What the sessions of a run went through, of those after the run before. */
function historyOf(driver: TestServer, before: string | undefined): Pick<Run, "isResumed" | "isAnew"> {
  using book = driver.book();
  const sessions = book.sessions.list();
  const own = sessions.slice(
    0,
    before === undefined ? undefined : sessions.findIndex((one) => one.sessionId === before),
  );
  const resumed = own.filter(({ sessionId }) =>
    book.sessions.logOf(sessionId).some(({ text }) => / resumed it$/.test(text)),
  );
  const [newest] = own;
  return {
    isResumed: newest?.status === "completed" && resumed.includes(newest),
    isAnew: newest?.status === "completed" && own.length > 1,
  };
}

/** Comes once a new session does something, or its verb has ended before. */
async function begun(driver: TestServer, before: string | undefined, verb: ChildProcess): Promise<void> {
  while (verb.exitCode === null) {
    const [newest] = driver.sessions();
    if (newest && newest.sessionId !== before && newest.phase !== null) return;
    await sleep(20);
  }
}

/** Let a server reach its only peer by another port, such as a bad line's. */
export function pointAt(server: TestServer, port: number): void {
  using book = server.book();
  const [peer] = book.peers.list();
  if (!peer) throw new Error(`${server.name} has no peer`);
  const url = new URL(peer.url);
  url.port = String(port);
  book.peers.put({ ...peer, url: url.origin });
}

/** Agents die at any moment and come again. */
async function killAll(victims: readonly TestServer[], random: () => number): Promise<void> {
  for (const victim of victims) {
    await sleep(random() * 4_000);
    await victim.kill();
    await sleep(random() * 500);
    await victim.start();
  }
}

/**
 * What the newest session came to, once nobody drives it any more; the agent may have taken it up.
 * @param before the run before: a command that was killed early has begun none
 */
async function settled(driver: TestServer, before: string | undefined): Promise<Status | undefined> {
  for (let looks = 0; looks < 600; looks++) {
    using book = driver.book();
    book.sessions.markStuck();
    const [newest] = book.sessions.list({ limit: 1 });
    if (newest?.sessionId === before) return undefined;
    if (newest?.status !== "running") return newest?.status;
    await sleep(200);
  }
  return "running";
}

async function problemOf(
  source: TestServer,
  target: TestServer,
  driver: TestServer,
  status: Status | undefined,
): Promise<string | undefined> {
  if (status === "running") return "it is stuck";
  if (status === undefined) return "it never began";
  const [session] = driver.sessions();
  if (status !== "completed") {
    await driver.verb("sync-clear-stuck");
    return session?.error ? undefined : `${status} without a word`;
  }
  for (const table of ["people", "orders"]) {
    const digest = `SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text AS sum FROM ${table} AS t`;
    const [there, here] = [await source.query(digest), await target.query(digest)];
    if (JSON.stringify(there) !== JSON.stringify(here))
      return `${table}: ${JSON.stringify(there)} there, ${JSON.stringify(here)} here`;
  }
  return undefined;
}

function rowsOf(seed: number): string[] {
  return [
    `INSERT INTO people SELECT i, repeat(md5((i * ${seed})::text), 3), 'p' || i FROM generate_series(1, ${rowCount}) i`,
    `INSERT INTO orders SELECT i, 1 + i % ${rowCount}, md5(i::text) FROM generate_series(1, ${rowCount}) i`,
  ];
}

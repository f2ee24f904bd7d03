import { randomUUID } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session } from "../src/types.ts";
import { askAgent as ask, headers, startByAgent as start } from "./support/ask-agent.ts";
import { type Machines, type Pair, startMachines, type TestServer } from "./support/two-servers.ts";

let machines: Machines;
let pair: Pair;
beforeAll(async () => {
  machines = await startMachines();
  pair = await machines.pair();
  for (const one of [pair.a, pair.b]) await one.run("CREATE TABLE big (id integer PRIMARY KEY, words text)");
  await pair.b.run("INSERT INTO big SELECT i, repeat(md5(i::text), 20) FROM generate_series(1, 50000) i");
});
afterAll(async () => {
  await pair[Symbol.asyncDispose]();
  await machines[Symbol.asyncDispose]();
});

interface PeersAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what each route answers is told by its own test
  readonly said: any;
}

interface PeersRequest {
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ask B as A could, by A's own token. */
async function askAsPeer(path: string, { body, headers: more = {} }: PeersRequest = {}): Promise<PeersAnswer> {
  using book = pair.a.book();
  const response = await fetch(`${pair.b.url}/api/sync/${path}`, {
    headers: {
      authorization: `Bearer ${book.peers.list()[0]?.token}`,
      ...{ "x-understudy-kind": "production", "x-understudy-protocol": "1" },
      ...(typeof body === "object" ? { "content-type": "application/json" } : {}),
      ...more,
    },
    ...(body === undefined ? {} : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, said: await response.json() };
}

function encoded(chunk: object): string {
  return Buffer.from(JSON.stringify(chunk)).toString("base64url");
}

/** Sessions as the stream of events tells them, until one has ended. */
async function follow(server: TestServer, sessionId: string): Promise<Session[]> {
  const response = await fetch(`${server.url}/api/admin/sync/events`, { headers });
  const told: Session[] = [];
  let text = "";
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events.filter((one) => one.includes("event: session"))) {
      const session = JSON.parse(event.slice(event.indexOf("data: ") + 6)) as Session;
      if (session.sessionId === sessionId) told.push(session);
      if (session.sessionId === sessionId && session.status !== "running") return told;
    }
  }
  return told;
}

describe("the agent's API", () => {
  it("[events] tells progress through the phases as it goes, forwards only", async () => {
    const sessionId = await start(pair.a, "Server B", "pull");
    const told = await follow(pair.a, sessionId);
    expect(told.at(-1)).toMatchObject({ status: "completed", verified: true, rows: { inserted: 50_000 } });
    expect(told.length).toBeGreaterThan(5);
    const progress = told.map((session) => session.progress);
    expect(progress).toEqual([...progress].sort((left, right) => left - right));
    const transferred = told.filter(({ phase }) => phase === "transfer");
    expect(transferred.length).toBeGreaterThan(0);
    expect(told.at(-1)?.bytesTransferred).toBe(told.at(-1)?.totalBytes);
    const { session, log } = await ask(pair.a, `full-sync/sessions/${sessionId}`);
    expect(session.sourceName).toBe("Server B");
    expect(log.map(({ text }: { text: string }) => text)).toContain("Verifying…");
    // The other server shows the same, though half of the work was here.
    expect(pair.b.sessions()[0]).toMatchObject({
      ...{ sessionId, role: "passive", status: "completed", progress: 100, verified: true },
      ...{ rows: { inserted: 50_000 }, totalBytes: told.at(-1)?.totalBytes },
    });
  });

  it("[stuck] takes up what a killed agent drove, and clears what nobody does", async () => {
    const { a, b } = pair;
    a.set(["megabitsPerSecond: 60"]);
    await a.kill("SIGTERM");
    await a.start();
    await a.run("TRUNCATE big");
    const sessionId = await start(a, "Server B", "pull");
    while (a.sessions()[0]?.phase !== "transfer") await sleep(50);
    await a.kill();
    expect((await a.json("sync-sessions")).sessions[0]).toMatchObject({ sessionId, status: "interrupted" });
    await a.start();
    await expect.poll(() => a.sessions()[0]?.status).toBe("completed");
    expect(await a.rowsOf("big")).toEqual(await b.rowsOf("big"));

    const command = a.begin("sync-full", "pull", "--peer", "Server B", "--yes");
    while (a.sessions()[0]?.sessionId === sessionId) await sleep(20);
    command.kill("SIGKILL");
    await new Promise((resolve) => command.once("exit", resolve));
    const [stuck] = (await a.json("sync-sessions")).sessions;
    if (stuck.status === "interrupted") {
      // Who only wants a plan does not go on with what writes.
      const plan = await a.json("sync-full", "pull", "--peer", "Server B", "--plan");
      expect(plan.error.message).toMatch(/^A full sync was interrupted/);
      expect(await a.json("sync-clear-stuck")).toEqual({ cleared: [stuck.sessionId] });
    }
    expect(a.sessions().every(({ status }) => status !== "running")).toBe(true);
    await expect.poll(() => b.sessions()[0]?.status, { timeout: 60_000 }).not.toBe("running");
    expect(await a.json("sync-full", "pull", "--peer", "Server B", "--yes")).toMatchObject({ status: "completed" });
  });

  it("[ended] lets go of what another process ended, on either side, and writes nothing after that", async () => {
    const { a, b } = pair;
    const held = `SELECT FROM pg_locks WHERE locktype = 'advisory'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    for (const one of [a, b]) {
      await a.run("TRUNCATE big");
      const sessionId = await start(a, "Server B", "pull");
      await expect.poll(() => a.sessions()[0]?.phase, { interval: 50 }).toBe("transfer");
      using book = one.book();
      book.sessions.become(sessionId, "failed", { message: "by hand" });
      for (const side of [a, b]) {
        await expect.poll(() => side.sessions()[0]?.status).toBe("failed");
        await expect.poll(() => side.query(held)).toEqual([]);
      }
      expect(await a.rowsOf("big")).toEqual([]);
    }
    expect(await a.json("sync-full", "pull", "--peer", "Server B", "--yes")).toMatchObject({ status: "completed" });
  });

  it("[hostile] does not do for a peer what a peer is not for", async () => {
    const { a, b } = pair;
    const sessionId = randomUUID();
    const of = `?sessionId=${sessionId}`;
    await askAsPeer("sessions", { body: { sessionId, direction: "push", method: "backup", options: {} } });
    const { said: look } = await askAsPeer(`look${of}`);
    const chunk = { no: 1, table: "public.big", bytes: 4, sha256: "0".repeat(64) };
    const type = { "content-type": "application/octet-stream", "x-chunk": encoded(chunk) };
    const forged = await askAsPeer(`receive-backup${of}`, { body: "1\tx\n", headers: type });
    expect(forged).toMatchObject({ status: 422, said: { error: { code: "bad-chunk" } } });
    expect((await askAsPeer(`chunks${of}`)).said).toEqual({ received: [] });
    const names = (name: string) => ({ columns: [name], compared: [name], key: [name] });
    const big = { table: "public.big", schema: "public", name: "big", ...names("id") };
    const rest = { onlyInserted: [], group: 0, mode: "upsert", buckets: 1, bytes: 0, notes: [] };
    const sql = 'id"; DROP TABLE big; --';
    const passwords = {
      table: "pg_catalog.pg_authid",
      schema: "pg_catalog",
      name: "pg_authid",
      ...names("rolpassword"),
    };
    for (const table of [{ ...big, ...names(sql) }, { ...big, name: sql }, passwords]) {
      const tables = [{ ...rest, ...table }];
      const plan = { fingerprints: { source: "", target: look.fingerprint }, tables, leftOut: [], notes: [] };
      await askAsPeer("compare", { body: { sessionId, request: { plan } } });
      const progress = async () => (await askAsPeer(`backup-progress${of}&job=compare`)).said.error?.message;
      await expect.poll(progress).toMatch(/there is no (table|column) .* here/);
      const page = await askAsPeer("page", { body: { sessionId, plan: tables[0], limit: 10 } });
      expect(page).toMatchObject({ status: 409, said: { error: { message: expect.stringContaining("there is no") } } });
    }
    const own = { ...rest, ...big, table: "public.sync_nodes", name: "sync_nodes" };
    const plan = { fingerprints: { source: "", target: look.fingerprint }, tables: [own], leftOut: [], notes: [] };
    const manifest = { tables: [], chunks: [], sequences: [], at: "" };
    const writing = { plan, manifest, verify: true, planOnly: false, steps: "one-transaction" };
    for (const [job, path, asked] of [
      ["compare", "compare", { plan }],
      ["backup", "initiate-backup", { plan, target: [] }],
      ["restore", "restore-backup", writing],
    ] as const) {
      await askAsPeer(path, { body: { sessionId, request: asked } });
      const progress = async () => (await askAsPeer(`backup-progress${of}&job=${job}`)).said.error?.message;
      await expect.poll(progress, { message: job }).toMatch(/^public.sync_nodes stays as it is on this server/);
    }
    await askAsPeer(`end${of}`, { body: { status: "cancelled" } });
    expect((await askAsPeer(`look${of}`)).status).toBe(410);
    expect(await b.query("SELECT count(*)::int AS rows FROM big")).toEqual([{ rows: 50_000 }]);
    expect(a.sessions().map((one) => one.sessionId)).not.toContain(sessionId);
  });

  it("[pages] gives rows without a key in pages of 4 MB too, however many of them are equal", async () => {
    await pair.b.run(
      "CREATE TABLE loose (words text)",
      "INSERT INTO loose SELECT repeat('x', 5000) FROM generate_series(1, 3000)",
    );
    const sessionId = randomUUID();
    await askAsPeer("sessions", { body: { sessionId, direction: "pull", method: "http", options: {} } });
    const columns = { columns: ["words"], onlyInserted: [], compared: ["words"], key: [] };
    const rest = { group: 0, mode: "insert-and-skip", buckets: 1, bytes: 0, notes: [] };
    const plan = { table: "public.loose", schema: "public", name: "loose", ...columns, ...rest };
    const counts: number[] = [];
    let after: string[] | undefined;
    do {
      const { said } = await askAsPeer("page", {
        body: { sessionId, plan, limit: 5_000, ...(after ? { after } : {}) },
      });
      expect(said.rows.length).toBeLessThan(4_100_000);
      counts.push(said.count);
      after = said.last ?? undefined;
    } while (after);
    expect(counts.length).toBeGreaterThan(3);
    expect(counts.reduce((sum, count) => sum + count)).toBe(3_000);
    await askAsPeer(`end?sessionId=${sessionId}`, { body: { status: "cancelled" } });
    await pair.b.run("DROP TABLE loose");
  });

  it("[secrets] shows no token and no password, in answers, in files of logs or in the book of whom it is shown to", async () => {
    const { peers } = await ask(pair.a, "peers");
    expect(JSON.stringify(peers)).not.toMatch(/right-password|"token"/);
    expect(JSON.stringify(await ask(pair.a, "full-sync/sessions"))).not.toMatch(/right-password/);
    const response = await fetch(`${pair.a.url}/api/admin/sync/peers`);
    expect(response.status).toBe(401);
    const tokens = [pair.a, pair.b].map((one) => {
      using book = one.book();
      return book.peers.list()[0]?.token ?? "";
    });
    for (const [at, { root, chunks }] of [pair.a, pair.b].entries()) {
      const logs = globSync("logs/**/*.{log,jsonl}", { cwd: root }).map((name) => join(root, name));
      expect(logs.length).toBeGreaterThan(1);
      const books = globSync("book.db*", { cwd: dirname(chunks) }).map((name) => join(dirname(chunks), name));
      for (const file of [...logs, ...books]) {
        const text = readFileSync(file, "latin1");
        // What a server shows to the other has to be in its own book.
        const own = books.includes(file) ? tokens[at] : undefined;
        for (const secret of ["right-password", headers.authorization.split(" ")[1] ?? "", ...tokens])
          expect(secret !== own && text.includes(secret), `${file} has ${secret}`).toBe(false);
      }
    }
  });
});

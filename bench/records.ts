import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startServer } from "../packages/postgres/test/support/server.ts";
import { SyncService } from "../packages/records/src/index.ts";
import { describeMachine } from "./deploy/report.ts";
import { NodeProcess } from "./records/node-process.ts";
import { ServerProcess } from "./records/server-process.ts";

// pnpm bench:records [--changes 100000] [--rows 1000000] [--nodes 200] [--runs 3] [--only throughput,latency,first,idle,peer]
// Everything over HTTP, between processes: node (SQLite) → server (Postgres) → other node (SQLite).
const { values } = parseArgs({
  options: {
    changes: { type: "string", default: "100000" },
    rows: { type: "string", default: "1000000" },
    nodes: { type: "string", default: "200" },
    runs: { type: "string", default: "3" },
    only: { type: "string", default: "throughput,latency,first,idle,peer" },
  },
});
const [changes, rows, nodes, runs] = [values.changes, values.rows, values.nodes, values.runs].map(Number) as [
  number,
  number,
  number,
  number,
];
const wanted = new Set(values.only.split(","));
if (![changes, rows, nodes, runs].every((count) => Number.isInteger(count) && count > 0)) {
  process.stderr.write("pnpm bench:records [--changes 100000] [--rows 1000000] [--nodes 200] [--runs 3] [--only …]\n");
  process.exit(2);
}

const say = (line: string) => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
const before = describeMachine();
const folder = mkdtempSync(join(tmpdir(), "bench-records-"));
const lines: string[] = [];
const report = (name: string, figure: string, peer = "", ratio = "") => {
  say(`${name}: ${figure}`);
  lines.push(`| ${name} | ${figure} | ${peer} | ${ratio} |`);
};
await using postgres = await startServer("max_connections=100", "shared_buffers=256MB");
let made = 0;

try {
  const throughput = wanted.has("throughput") ? await measureThroughput() : undefined;
  if (wanted.has("peer")) await measurePeer(throughput);
  if (wanted.has("latency")) await measureLatency();
  if (wanted.has("first")) await measureFirstSync();
  if (wanted.has("idle")) await measureIdle();
} finally {
  rmSync(folder, { recursive: true });
}
process.stdout.write(
  [
    `Medians of ${runs}. Began: ${before}. Ended: ${describeMachine()}.`,
    "",
    "| | ours | PouchDB with its own server | ratio |",
    "| --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n"),
);

/** A server of its own, with an empty table. */
async function openServer(...fill: readonly string[]): Promise<ServerProcess> {
  const database = `bench_${++made}`;
  await postgres.run("postgres", `CREATE DATABASE ${database}`);
  await postgres.run(database, "CREATE TABLE notes (title text, n bigint, amount numeric, at timestamptz)", ...fill);
  return await ServerProcess.start({ ...postgres.options, database, timeout: 120_000 });
}

async function openNode(server: ServerProcess, code: string) {
  const database = new DatabaseSync(join(folder, `${made}-${code}.db`));
  database.exec("PRAGMA journal_mode = wal; PRAGMA synchronous = normal");
  const service = await SyncService.open({
    database,
    serverUrl: server.url,
    nodeCode: code,
    enrolmentSecret: "let me in",
    autoSync: false,
    batch: 1_000,
    maxRetries: 0,
  });
  service.on("sync_failed", (error) => {
    throw error;
  });
  await service.syncNow();
  return { service, database };
}

/** Changes a second until the last one is in the other node's database. */
async function measureThroughput(): Promise<number> {
  const figures: number[] = [];
  for (let run = 1; run <= runs; run++) {
    await using server = await openServer();
    const file = join(folder, `${made}-ann.db`);
    const ann = await NodeProcess.start(file, server.url, "ann");
    const bob = await openNode(server, "bob");
    writeNotes(file, changes);
    let received = 0;
    bob.service.on("sync_completed", ({ received_count }) => {
      received = received_count;
    });
    const began = performance.now();
    const sent = ann.exchange();
    const count = bob.database.prepare("SELECT count(*) AS count FROM notes");
    while (Number(count.get()?.count) < changes) {
      await bob.service.syncNow();
      // As one who is told when there is something, and not one who asks without end.
      if (received === 0) await sleep(10);
    }
    figures.push(changes / ((performance.now() - began) / 1_000));
    await sent;
    await bob.service.close();
    say(`throughput ${run}: ${Math.round(figures.at(-1) ?? 0)} changes/s`);
  }
  const figure = percentile(figures, 0.5);
  report(`${changes} changes, node to node`, `${Math.round(figure)} changes/s`);
  return figure;
}

/** One change at a time: written here, sent, and fetched there. */
async function measureLatency(): Promise<void> {
  await using server = await openServer();
  const [ann, bob] = [await openNode(server, "ann"), await openNode(server, "bob")];
  const times: number[] = [];
  for (let number = 0; number < 300; number++) {
    const began = performance.now();
    ann.database.prepare("INSERT INTO notes (title) VALUES (?)").run(`note ${number}`);
    await ann.service.syncNow();
    await bob.service.syncNow();
    times.push(performance.now() - began);
  }
  await ann.service.close();
  await bob.service.close();
  report(
    "one change, node to node, p50 / p99",
    `${percentile(times, 0.5).toFixed(1)} / ${percentile(times, 0.99).toFixed(1)} ms`,
  );
}

async function measureFirstSync(): Promise<void> {
  await using server = await openServer(
    `INSERT INTO notes SELECT 'note ' || n, n, n / 7.0, now() - n * interval '1 second' FROM generate_series(1, ${rows}) n`,
  );
  const file = join(folder, "first.db");
  const node = await NodeProcess.start(file, server.url, "first", true);
  const began = performance.now();
  await node.exchange();
  const seconds = (performance.now() - began) / 1_000;
  using database = new DatabaseSync(file);
  const arrived = Number(database.prepare("SELECT count(*) AS count FROM notes").get()?.count);
  if (arrived !== rows) throw new Error(`${arrived} of ${rows} rows arrived`);
  report(
    `first sync of ${rows} rows`,
    `${seconds.toFixed(1)} s; peak ${node.peakMegabytes().toFixed(0)} MB node, ${server.peakMegabytes().toFixed(0)} MB server`,
  );
}

/** Nodes that have nothing to say and nothing to hear. */
async function measureIdle(): Promise<void> {
  await using server = await openServer();
  const all = await Promise.all(Array.from({ length: nodes }, (_, number) => openNode(server, `node-${number}`)));
  const [cpu, began] = [server.cpuSeconds(), performance.now()];
  let exchanges = 0;
  const times: number[] = [];
  while (performance.now() - began < 20_000) {
    await Promise.all(
      all.map(async ({ service }) => {
        const asked = performance.now();
        await service.syncNow();
        times.push(performance.now() - asked);
        exchanges++;
      }),
    );
  }
  const ms = ((server.cpuSeconds() - cpu) * 1_000) / exchanges;
  for (const { service } of all) await service.close();
  report(
    `${nodes} nodes polling as fast as they can`,
    `${Math.round(exchanges / 20)} exchanges/s, p99 ${percentile(times, 0.99).toFixed(0)} ms`,
  );
  report("an idle exchange, CPU of the server's process", `${ms.toFixed(2)} ms`);
}

/** The same rows through PouchDB, from a node to its own server and to another node. */
async function measurePeer(ours: number | undefined): Promise<void> {
  const { measurePouch } = await import("./records/pouch.ts");
  const figures: number[] = [];
  for (let run = 1; run <= runs; run++) {
    figures.push(await measurePouch(join(folder, `pouch-${run}`), Math.min(changes, 20_000)));
    say(`PouchDB ${run}: ${Math.round(figures.at(-1) ?? 0)} changes/s`);
  }
  const figure = percentile(figures, 0.5);
  report(
    "changes, node to node",
    ours ? `${Math.round(ours)} changes/s` : "",
    `${Math.round(figure)} changes/s`,
    ours ? (ours / figure).toFixed(1) : "",
  );
}

function writeNotes(file: string, count: number): void {
  using database = new DatabaseSync(file);
  const insert = database.prepare("INSERT INTO notes (title, n, amount) VALUES (?, ?, ?)");
  database.exec("BEGIN");
  for (let number = 0; number < count; number++) insert.run(`note ${number}`, number, `${number}.10`);
  database.exec("COMMIT");
}

function percentile(all: readonly number[], part: number): number {
  return [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * part))] ?? Number.NaN;
}

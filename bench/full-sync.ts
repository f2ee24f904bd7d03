import { parseArgs } from "node:util";
import { exec } from "../packages/core/src/index.ts";
import { type LogLine, phases, type Session } from "../packages/peers/src/types.ts";
import { startMachines, type TestServer } from "../packages/peers/test/support/two-servers.ts";
import { describeMachine } from "./deploy/report.ts";
import { peakMegabytes } from "./records/usage.ts";

// pnpm bench:full-sync [--rows 1000,10000,100000,1000000]
// Between two Postgres servers and two agents: a pull into an empty target, the same again with nothing changed, and pg_dump | psql.
const { values } = parseArgs({ options: { rows: { type: "string", default: "1000,10000,100000,1000000" } } });
const sizes = values.rows.split(",").map(Number);
if (!sizes.every((size) => Number.isInteger(size) && size > 0)) {
  process.stderr.write("pnpm bench:full-sync [--rows 1000,10000,100000,1000000]\n");
  process.exit(2);
}

const table = "CREATE TABLE people (id bigint PRIMARY KEY, name text, email text UNIQUE, doc jsonb, at timestamptz)";
const before = describeMachine();
const lines: string[] = [];
await using machines = await startMachines();
for (const rows of sizes) lines.push(await measure(rows));
process.stdout.write(
  [
    `Began: ${before}. Ended: ${describeMachine()}.`,
    "",
    "| rows | first | again, nothing changed | again / first | MB | MB/s of backup, transfer, convert, restore, verify | peak MB of the command, the peer's agent | pg_dump \\| psql | ratio |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n"),
);

async function measure(rows: number): Promise<string> {
  await using pair = await machines.pair();
  const { a, b } = pair;
  await b.run(
    table,
    `INSERT INTO people SELECT i, 'person ' || md5(i::text), 'p' || i || '@example.org', jsonb_build_object('n', i, 'words', md5((i * 7)::text)), now()
     FROM generate_series(1, ${rows}) i`,
    "ANALYZE",
  );
  await a.run(table);
  const peer = peakMegabytes(b.agent?.pid ?? 0);
  const first = await pull(a);
  const second = await pull(a);
  const dump = await dumpInto(a, b);
  const figures = [
    rows.toLocaleString("en-US"),
    `${first.seconds.toFixed(1)} s`,
    `${second.seconds.toFixed(1)} s`,
    `${Math.round((100 * second.seconds) / first.seconds)} %`,
    (first.bytes / 1e6).toFixed(1),
    first.secondsByPhase.map((seconds) => (first.bytes / 1e6 / Math.max(seconds, 0.001)).toFixed(0)).join(", "),
    `${Math.round(first.peak)}, ${Math.round(peer())}`,
    `${dump.toFixed(1)} s`,
    (first.seconds / dump).toFixed(2),
  ];
  process.stderr.write(`${figures.join(" | ")}\n`);
  return `| ${figures.join(" | ")} |`;
}

interface Pulled {
  readonly seconds: number;
  readonly bytes: number;
  /** From its first entry in the log to the next phase's. */
  readonly secondsByPhase: readonly number[];
  readonly peak: number;
}

async function pull(server: TestServer): Promise<Pulled> {
  const began = performance.now();
  const command = server.begin("sync-full", "pull", "--peer", "Server B", "--yes");
  const peak = peakMegabytes(command.pid ?? 0);
  const code = await new Promise((resolve) => command.once("exit", resolve));
  const seconds = (performance.now() - began) / 1_000;
  const [session] = server.sessions();
  if (code !== 0 || session?.status !== "completed") throw new Error(session?.error?.message ?? `exit ${code}`);
  using book = server.book();
  const secondsByPhase = phaseSeconds(session, book.sessions.logOf(session.sessionId));
  return { seconds, bytes: session.bytesTransferred, secondsByPhase, peak: peak() };
}

function phaseSeconds({ completedAt }: Session, log: readonly LogLine[]): number[] {
  const begins = phases.map((phase) => log.find((line) => line.phase === phase)?.at);
  const ends = [...begins.slice(1), completedAt ?? undefined];
  return begins.map((begin, at) => (begin ? (Date.parse(ends[at] ?? begin) - Date.parse(begin)) / 1_000 : 0));
}

/** The same rows into an empty database, by the tools of the server's container. */
async function dumpInto(target: TestServer, source: TestServer): Promise<number> {
  const empty = `${target.postgres.database}_dump`;
  await machines.left.run("postgres", `CREATE DATABASE ${empty}`);
  const { host, user, password, database } = source.postgres;
  const command = `PGPASSWORD='${password}' pg_dump -h ${host} -U ${user} ${database} | psql -q -v ON_ERROR_STOP=1 -U ${user} ${empty}`;
  const began = performance.now();
  const { exitCode, stderr } = await exec(machines.left.engine, machines.left.container, [
    "bash",
    "-c",
    `set -o pipefail; ${command}`,
  ]);
  if (exitCode !== 0) throw new Error(stderr);
  return (performance.now() - began) / 1_000;
}

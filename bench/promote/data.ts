import type { BackupReport } from "../../packages/backup/src/report/backup-report.ts";
import { promote, rollback } from "./ours.ts";
import { runVerb } from "./run-verb.ts";
import type { Stage } from "./stage.ts";
import type { Took } from "./under-load.ts";

/** One thing that was measured of a production with data. */
export interface Figure {
  readonly name: string;
  readonly seconds: number;
  /** Bytes; the most that our own process held. */
  readonly memory: number;
  /** For people. */
  readonly about: string;
}

const rowsOfGigabyte = 3_000_000;

/** Backups of so much data, and ways back from a release that has it; no load. */
export async function measureData(stage: Stage, gigabytes: number, say: (line: string) => void): Promise<Figure[]> {
  const rows = Math.round(gigabytes * rowsOfGigabyte);
  const figures: Figure[] = [];
  const note = (figure: Figure) => {
    figures.push(figure);
    say(`${figure.name}: ${figure.seconds.toFixed(1)} s, ${figure.about}`);
  };
  say(`data: making ${gigabytes} GB`);
  const size = await fill(stage, rows);
  const first = await backUp(stage, `first backup, with ${megabytes(size)} of database`, undefined);
  note(first.figure);
  await change(stage, `id > ${rows * 0.99}`);
  note((await backUp(stage, "second backup, the newest 1 % of rows changed", first.added)).figure);
  await change(stage, "id % 100 = 0");
  note((await backUp(stage, "third backup, every hundredth row changed", first.added)).figure);
  note((await backUp(stage, "backup --verify, nothing changed", first.added, "--verify")).figure);
  for (const flags of [[], ["--emergency"], ["--with-data"]]) {
    const { tag, ...promoted } = await promote(stage);
    note({ name: "promote", about: answered(promoted), ...promoted });
    const back = await rollback(stage, tag, ...flags);
    note({ name: ["rollback --tag", ...flags].join(" "), about: answered(back), ...back });
  }
  return figures;
}

async function fill(stage: Stage, rows: number): Promise<number> {
  await stage.query("postgres", "CREATE DATABASE shop OWNER app");
  await stage.query(
    "shop",
    `CREATE TABLE orders (id bigint PRIMARY KEY, placed_at timestamptz NOT NULL, customer text NOT NULL, email text NOT NULL,
       amount numeric(12, 2) NOT NULL, reference text NOT NULL, detail jsonb NOT NULL);
     INSERT INTO orders
     SELECT i, timestamptz '2021-01-01' + i * interval '20 seconds', 'Ada' || i % 5003 || ' Lovelace' || i % 7001,
       'person' || i || '@mail' || i % 977 || '.example.net', (i * 7919 % 100000) / 100.0, md5(i::text) || md5((i + 1)::text),
       jsonb_build_object('sku', 'A-' || i % 5000, 'count', i % 9, 'note', md5((i / 3)::text), 'status', (ARRAY['new', 'paid', 'sent'])[1 + i % 3])
     FROM generate_series(1::bigint, ${rows}) i;
     ALTER TABLE orders OWNER TO app;
     CREATE INDEX ON orders (placed_at);
     ANALYZE`,
  );
  return Number((await stage.query("shop", "SELECT pg_database_size('shop')"))[0]);
}

async function change(stage: Stage, which: string): Promise<void> {
  await stage.query("shop", `UPDATE orders SET amount = amount + 1, reference = md5(reference) WHERE ${which}`);
}

/** @param first what the first backup added, bytes */
async function backUp(stage: Stage, name: string, first: number | undefined, ...flags: string[]) {
  const { report, seconds, memory } = await runVerb<BackupReport>(stage, "backup", ...flags);
  const { databases, added, heldMs, proof } = report;
  // Of files, only what is new since the last time is read.
  const dumped = databases.reduce((sum, { bytes }) => sum + bytes, 0);
  const about = [
    `${megabytes(dumped)} dumped, ${(dumped / 1e6 / (report.seconds - (proof?.seconds ?? 0))).toFixed(0)} MB/s of the whole backup`,
    `${megabytes(added)} added${first ? ` (${((100 * added) / first).toFixed(1)} % of the first)` : ""}`,
    `writers stood still for ${heldMs} ms`,
    ...(proof
      ? [`trial ${proof.seconds.toFixed(0)} s, its data there after ${proof.restoredSeconds.toFixed(0)} s`]
      : []),
  ];
  return { added, figure: { name, seconds, memory, about: about.join(", ") } };
}

function answered({ served }: Took): string {
  return `no load${served === undefined ? "" : `, every service answered by the other release after ${served.toFixed(0)} s`}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

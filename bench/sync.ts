import { parseArgs } from "node:util";
import { startPair } from "../packages/data/test/support/pair.ts";
import { peakMemory } from "../packages/sync/src/peak-memory.ts";
import { describeMachine } from "./deploy/report.ts";
import { database, masked, type Rival } from "./sync/copies.ts";
import { fill } from "./sync/data.ts";
import { directory, plainPipe } from "./sync/rivals.ts";

// node bench/sync.ts [--scale 1] [--runs 5] [--streams 2]
// A masked copy of 1 GB and 5 M rows (at scale 1) beside pg_dump and pg_restore without masks: same servers, alternating.
const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "1" },
    runs: { type: "string", default: "5" },
    streams: { type: "string", default: "2" },
  },
});
const [scale, runs, streams] = [Number(values.scale), Number(values.runs), Number(values.streams)];

const say = (line: string) => void process.stderr.write(`${line}\n`);
const before = describeMachine();
// As a server keeps its data: with fsync.
await using pair = await startPair({ flags: ["-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB"] });
say("filling production");
await fill(pair.production, database, scale);
await using session = await pair.production.connect(database);
const [size] = await session.query<{ bytes: number }>("SELECT pg_database_size(current_database()) AS bytes");

const rivals: readonly Rival[] = [plainPipe, directory, masked(streams)];
const results = new Map(rivals.map(({ name }) => [name, [] as Record<string, number>[]]));
for (let run = 1; run <= runs; run++) {
  for (const rival of rivals) {
    const took = await rival.run(pair);
    results.get(rival.name)?.push(took);
    say(
      `${run}. ${rival.name}: ${Object.entries(took)
        .map(([part, seconds]) => `${part} ${seconds.toFixed(1)} s`)
        .join(", ")}`,
    );
  }
}
const base = median((results.get(plainPipe.name) ?? []).map(total));
const lines = rivals.map(({ name }) => {
  const own = results.get(name) ?? [];
  const parts = Object.keys(own[0] ?? {}).map(
    (part) => `${part} ${median(own.map((took) => took[part] ?? 0)).toFixed(1)}`,
  );
  const copying = median(own.map(({ plan = 0, copy = 0 }) => plan + copy));
  return `| ${name} | ${copying.toFixed(1)} | ${(base / copying).toFixed(2)} | ${median(own.map(total)).toFixed(1)} | ${parts.join(", ")} |`;
});
process.stdout.write(
  [
    `Medians of ${runs}, alternating, ${((size?.bytes ?? 0) / 1e9).toFixed(2)} GB with indexes. Began: ${before}. Ended: ${describeMachine()}.`,
    "",
    "| | s, plan and copy | speed | s, with proofs | parts, s |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
    "",
    `Peak memory of this process, which runs ours: ${Math.round(peakMemory() / 1_048_576)} MiB.`,
    "",
  ].join("\n"),
);

function total(took: Record<string, number>): number {
  return Object.values(took).reduce((sum, seconds) => sum + seconds, 0);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

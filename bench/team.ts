import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { Developer } from "../packages/team/test/support/developers.ts";
import { describeMachine } from "./deploy/report.ts";

// pnpm bench:team [--megabytes 20,1000] [--runs 3]
// Exports and imports of a database beside pg_dump -Fc with tar, and pg_restore, by hand; what a shared place takes after 1 % changed.
const { values } = parseArgs({
  options: { megabytes: { type: "string", default: "20,1000" }, runs: { type: "string", default: "3" } },
});
const sizes = values.megabytes.split(",").map(Number);
const runs = Number(values.runs);
if (!(sizes.every((size) => size > 0) && Number.isInteger(runs) && runs > 0)) {
  process.stderr.write("pnpm bench:team [--megabytes 20,1000] [--runs 3]\n");
  process.exit(2);
}

interface Took {
  readonly seconds: number;
  /** The most that the process had in memory, MB; null where it was not ours. */
  readonly megabytes: number | null;
}

const say = (line: string) => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
const before = describeMachine();
await using ann = await Developer.open(27_000);
await using bob = await Developer.open(27_200);
await ann.shareKeyWith(bob);
mkdirSync(bob.file("team-sync-exports"), { recursive: true });

const lines: string[] = [];
for (const size of sizes) {
  say(`filling ${size} MB`);
  await fill(size);
  const results = {
    export: [] as Took[],
    "export by hand": [] as Took[],
    import: [] as Took[],
    "import by hand": [] as Took[],
  };
  for (let run = 1; run <= runs; run++) {
    const archive = await exported(results.export);
    results["export by hand"].push(await byHand(ann, dumpByHand));
    results.import.push(await timed(bob, "team:import", archive, "--yes"));
    results["import by hand"].push(await byHand(bob, restoreByHand, ann));
    say(
      `${size} MB, ${run}: ${Object.entries(results)
        .map(([name, all]) => `${name} ${all.at(-1)?.seconds.toFixed(1)} s`)
        .join(", ")}`,
    );
  }
  for (const [name, peer] of [
    ["export", "export by hand"],
    ["import", "import by hand"],
  ] as const) {
    const [ours, theirs] = [
      median(results[name].map(({ seconds }) => seconds)),
      median(results[peer].map(({ seconds }) => seconds)),
    ];
    const peak = Math.max(...results[name].map(({ megabytes }) => megabytes ?? 0));
    lines.push(
      `| ${name}, ${size} MB | ${ours.toFixed(1)} | ${theirs.toFixed(1)} | ${(theirs / ours).toFixed(2)} | ${Math.round(peak)} |`,
    );
  }
}
const delta = await pushedAfterOnePercent();
process.stdout.write(
  [
    `Medians of ${runs}, alternating. Began: ${before}. Ended: ${describeMachine()}.`,
    "",
    "| | s | s by hand | ratio | peak memory, MB |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
    "",
    "By hand: pg_dump -Fc and tar to a file; pg_restore of it into an empty database, without a check, a swap or a health check.",
    `Shared place: the first push stored ${delta.first} bytes, the one after 1 % of the rows changed ${delta.second}: ${((100 * delta.second) / delta.first).toFixed(1)} %.`,
    "",
  ].join("\n"),
);

/** Rows of about 1 kB, half of it words that compress. */
async function fill(megabytes: number): Promise<void> {
  await ann.stage.sql(
    "app",
    `DROP TABLE IF EXISTS bulk;
     CREATE TABLE bulk AS SELECT n AS id, repeat(md5(n::text), 16) AS words,
       (SELECT string_agg(md5(n::text || part), '') FROM generate_series(1, 16) AS part) AS noise
     FROM generate_series(1, ${Math.round(megabytes * 950)}) AS n;
     ALTER TABLE bulk ADD PRIMARY KEY (id); VACUUM ANALYZE bulk`,
  );
}

async function exported(into: Took[]): Promise<string> {
  const { installation } = ann.stage;
  rmSync(ann.file("team-sync-exports"), { recursive: true, force: true });
  into.push(await timed(ann, "team:export"));
  const [line] = JSON.parse(
    `[${readFileSync(join(installation.root, ".understudy/team/runs.jsonl"), "utf8").trim().split("\n").at(-1)}]`,
  );
  const { stdout } = await ann.run("team:import", "--dry-run", "--json");
  const { archive } = JSON.parse(stdout) as { archive: string };
  const copy = bob.file(`team-sync-exports/${basename(archive)}`);
  copyFileSync(archive, copy);
  if (statSync(copy).size !== line.bytes) throw new Error("the archive is not the one that was made");
  return copy;
}

/** Run a verb, and watch its memory. @throws Error unless it ended well */
async function timed({ stage: { installation } }: Developer, verb: string, ...flags: string[]): Promise<Took> {
  const began = performance.now();
  const child = installation.start(verb, ...flags);
  let peak = 0;
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  child.stdout?.resume();
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1_024);
    } catch {
      // It has just ended.
    }
  }, 100);
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${verb} ended with ${code}: ${said}`);
  return { seconds: (performance.now() - began) / 1_000, megabytes: peak };
}

/** The password is not needed inside the container. */
function dumpByHand(developer: Developer): string {
  const file = developer.file("by-hand.tar");
  const exec = `docker exec ${developer.stage.container("postgres")}`;
  return `${exec} pg_dump -U postgres -Fc app > '${file}.dump' && tar -cf '${file}' -C / '${file.slice(1)}.dump'`;
}

function restoreByHand(developer: Developer, from = developer): string {
  const exec = `docker exec -i ${developer.stage.container("postgres")}`;
  return `${exec} psql -qU postgres -c 'DROP DATABASE IF EXISTS by_hand' -c 'CREATE DATABASE by_hand' &&
    tar -xOf '${from.file("by-hand.tar")}' | ${exec} pg_restore -U postgres -d by_hand`;
}

async function byHand(
  developer: Developer,
  command: (one: Developer, from?: Developer) => string,
  from?: Developer,
): Promise<Took> {
  const began = performance.now();
  const child = spawn("bash", ["-c", command(developer, from)], { stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`by hand ended with ${code}`);
  return { seconds: (performance.now() - began) / 1_000, megabytes: null };
}

async function pushedAfterOnePercent(): Promise<{ first: number; second: number }> {
  ann.set(`{ team: shop, place: "${ann.stage.installation.root}/place" }`);
  const push = () => ann.stage.installation.json<{ added: number }>("team:push");
  const first = await push();
  // The rows that a day's work touches lie together.
  await ann.stage.sql("app", "UPDATE bulk SET noise = md5(noise) WHERE id <= (SELECT max(id) / 100 FROM bulk)");
  const second = await push();
  return { first: first.added, second: second.added };
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor((all.length - 1) / 2)] ?? Number.NaN;
}

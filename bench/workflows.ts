import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { silentLog } from "../packages/core/src/index.ts";
import { createInstallation } from "../packages/deploy/test/support/installation.ts";
import { makeMigrations } from "../packages/workflows/src/create/make.ts";
import type { N8nSide } from "../packages/workflows/src/database/open.ts";
import { openTables } from "../packages/workflows/src/database/tables.ts";
import { MigrationFolder } from "../packages/workflows/src/file/folder.ts";
import { migrate } from "../packages/workflows/src/migrate/migrate.ts";
import { databaseSource } from "../packages/workflows/src/source/database.ts";
import { median } from "./deploy/measure.ts";
import { describeMachine } from "./deploy/report.ts";
import { fill, makeOwner } from "./workflows/data.ts";
import { BenchStage } from "./workflows/stage.ts";

// node bench/workflows.ts [--workflows 1000] [--nodes 30] [--runs 3]
// Production's workflows as migrations, and into another n8n, beside n8n's own export and import: same databases, alternating.
const { values } = parseArgs({
  options: {
    workflows: { type: "string", default: "1000" },
    nodes: { type: "string", default: "30" },
    runs: { type: "string", default: "3" },
  },
});
const [workflows, nodes, runs] = [Number(values.workflows), Number(values.nodes), Number(values.runs)];

const say = (line: string) => void process.stderr.write(`${line}\n`);
const before = describeMachine();
await using stage = await BenchStage.open(["production", "staging"]);
await using production = await stage.connect("production");
await using staging = await stage.connect("staging");
for (const session of [production, staging]) await makeOwner(session);
say(`filling production with ${workflows} workflows of ${nodes} nodes`);
await fill(production, workflows, nodes);
// The whole verb needs no environment, only the address.
process.env.PROD_DATABASE_URL = stage.url("production");
await using installation = createInstallation("environments:\n  production: { kind: production }\n");

const took = new Map<string, number[]>();
for (let run = 1; run <= runs; run++) {
  const root = mkdtempSync(join(tmpdir(), "understudy-bench-"));
  const folder = new MigrationFolder({ root });
  await time("n8n:create-history", () => createHistory(folder));
  await time("n8n:create-history, the whole verb", createHistoryByVerb);
  await time("n8n export:workflow", () =>
    stage.n8n("production", "export:workflow", "--all", "--output=/tmp/all.json"),
  );
  await empty();
  await time("n8n:migrate-up, all", () => migrateUp(folder, workflows));
  await arrived();
  await time("n8n:migrate-up, none pending", () => migrateUp(folder, 0));
  await empty();
  await stage.copyFile("production", "staging", "/tmp/all.json");
  await time("n8n import:workflow", () => stage.n8n("staging", "import:workflow", "--input=/tmp/all.json"));
  await arrived();
  await empty();
  await time("n8n list:workflow, of none", () => stage.n8n("staging", "list:workflow"));
  rmSync(root, { recursive: true, force: true });
}

const of = (name: string) => median(took.get(name) ?? []);
const start = of("n8n list:workflow, of none");
const peers = new Map([
  ["n8n:create-history", "n8n export:workflow"],
  ["n8n:create-history, the whole verb", "n8n export:workflow"],
  ["n8n:migrate-up, all", "n8n import:workflow"],
]);
const lines = [...took.keys()].map((name) => {
  const peer = peers.get(name);
  const ratios = peer
    ? [of(peer) / of(name), (of(peer) - start) / of(name)].map((ratio) => ratio.toFixed(1))
    : ["", ""];
  const runs = took.get(name)?.map((seconds) => seconds.toFixed(2));
  return `| \`${name}\` | ${of(name).toFixed(2)} | ${ratios.join(" | ")} | ${runs?.join(" ")} |`;
});
process.stdout.write(
  [
    `Medians of ${runs}, alternating, ${workflows} workflows of ${nodes} nodes. Began: ${before}. Ended: ${describeMachine()}.`,
    "Speed: n8n's time by ours. n8n's has its own start in it, which its list of no workflows shows; net: without that. Ours is within this process,",
    "but for the whole verb. Ours also looks for secrets, reads back and compares what it wrote, and keeps n8n's history of versions.",
    ...["", "| | s | speed | net | runs |", "| --- | --- | --- | --- | --- |", ...lines, ""],
  ].join("\n"),
);

/** Whoever brought them, all are there. */
async function arrived(): Promise<void> {
  const [{ count } = { count: 0 }] = await staging.query<{ count: number }>(
    "SELECT count(*) AS count FROM public.workflow_entity WHERE jsonb_array_length(nodes::jsonb) = $1",
    [nodes],
  );
  if (count !== workflows) throw new Error(`${count} workflows arrived`);
}

async function createHistoryByVerb(): Promise<void> {
  rmSync(join(installation.root, "workflows"), { recursive: true, force: true });
  const { created } = await installation.json<{ created: unknown[] }>("n8n:create-history", "--all");
  if (created.length !== workflows) throw new Error(`${created.length} migrations were made`);
}

async function createHistory(folder: MigrationFolder): Promise<void> {
  const tables = await openTables(production);
  const source = databaseSource(
    tables,
    { environment: "production", source: "prod" },
    { [Symbol.asyncDispose]: async () => {} },
  );
  const ids = (await source.list()).map(({ id }) => id);
  const options = { allowed: [], publish: () => false, notes: undefined, now: Date.now() };
  const { migrations } = await makeMigrations(source, folder, ids, options);
  for (const migration of migrations) folder.write(migration);
  if (migrations.length !== workflows) throw new Error(`${migrations.length} migrations were made`);
}

async function migrateUp(folder: MigrationFolder, expected: number): Promise<void> {
  const tables = await openTables(staging);
  const environment = { name: "staging", kind: "staging" };
  const stack = { installation: { stateDir: "/nowhere" }, environment, envFile: { values: {} } };
  const side = { stack, tables, api: () => Promise.reject(new Error("nothing is live")) } as unknown as N8nSide;
  const options = { manner: "strict", resolve: "stop", to: undefined, outOfOrder: false, createStubs: false } as const;
  const report = await migrate(side, folder.files(), { ...options, say: () => {}, log: silentLog });
  if (report.applied.length !== expected || report.problems.length)
    throw new Error(JSON.stringify(report).slice(0, 500));
  await staging.query("SELECT pg_advisory_unlock_all()");
}

async function empty(): Promise<void> {
  await staging.query("TRUNCATE public.workflow_entity CASCADE");
  await staging.query("DROP TABLE IF EXISTS public.migration_metadata");
}

async function time(name: string, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1_000;
  took.set(name, [...(took.get(name) ?? []), seconds]);
  say(`${name}: ${seconds.toFixed(2)} s`);
}

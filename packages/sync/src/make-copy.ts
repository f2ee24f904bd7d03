import { bytesInWords, countInWords, type Journal, runSteps, type Step, writeFact } from "@understudy/core";
import { type Guest, incomingName, RoomGuard, refuseWithoutRoom, swapIn } from "@understudy/data";
import type { SequenceState } from "@understudy/postgres";
import { migrateOnNewData } from "@understudy/workflows/on-new-data";
import { copyDatabase } from "./copy/copy-database.ts";
import { copyGraphOf, type GraphOutcome } from "./neo4j/copy-graph-of.ts";
import { peakMemory } from "./peak-memory.ts";
import { type CopyPlan, planCopy } from "./plan/plan-copy.ts";
import type { PlannedDatabase } from "./plan/plan-databases.ts";
import { type CopyReport, databaseReport, maskedColumns } from "./report/copy-report.ts";
import { prepareServices } from "./services/prepare-services.ts";
import type { CopyFolder } from "./state/copy-state.ts";
import { discardCopy } from "./state/discard-copy.ts";
import { swapOf } from "./swap/swap-of.ts";
import type { CopyContext } from "./sync-production.ts";
import { CopyLeaks, LeakSearch } from "./verify/leak-search.ts";
import { verifyDatabase } from "./verify/verify-database.ts";
import { copyVolumeOf, type VolumeOutcome } from "./volumes/copy-volume-of.ts";

/** What one run carries from step to step. */
interface Run {
  readonly context: CopyContext;
  readonly folder: CopyFolder;
  readonly journal: Journal;
  readonly plan: CopyPlan;
  readonly leaks: LeakSearch;
  readonly done: {
    readonly sequences: Map<string, readonly SequenceState[]>;
    graph: GraphOutcome | undefined;
    readonly volumes: VolumeOutcome[];
    healthySeconds: number | null;
  };
}

/** Plan, copy, prove and swap in, under the environment's lock. @throws UserError; staging's data is then as it was. */
export async function makeCopy(context: CopyContext, folder: CopyFolder, journal: Journal): Promise<CopyReport> {
  await using opened = new AsyncDisposableStack();
  let plan: CopyPlan | undefined;
  journal.step("plan");
  await runSteps([
    {
      title: "Plan",
      run: async () => {
        plan = await planCopy(context, folder.state.startedAt, opened);
        return planInWords(plan);
      },
    },
  ]);
  if (!plan) throw new Error("the plan step ended without a plan");
  const { staging, request } = context;
  const own = [staging.stack.settings.adminEmail];
  const leaks = opened.use(new LeakSearch(plan, { staging: staging.server, parallel: request.parallel, own }));
  const done = { sequences: new Map(), graph: undefined, volumes: [], healthySeconds: null };
  const run: Run = { context, folder, journal, plan, leaks, done };
  await refuseWithoutRoom(staging, { rows: bytesOf(plan), files: 0 }, guest);
  using room = new RoomGuard(staging, guest);
  await runSteps(steps(run, room.signal));
  const report = reportOf(run, true);
  folder.write(reportFile, report);
  return report;
}

/** It stands beside staging's data until the swap. */
export const guest: Guest = {
  what: "copy",
  next: {
    before: "Free some, pnpm cleanup helps; or copy a part: --sample 5%, --databases",
    meanwhile: "Free some, pnpm cleanup helps, and go on: pnpm sync:production --resume. Or copy a part: --sample 5%",
  },
};

/** In the folder of a copy. */
export const reportFile = "report.json";

/** @param signal ends the loading of rows */
function steps(run: Run, signal: AbortSignal): Step[] {
  const { plan, journal } = run;
  const step = (title: string, name: string, work: Step["run"]): Step => ({
    title,
    run: async (report) => {
      journal.step(name);
      const began = performance.now();
      const outcome = await work(report);
      const seconds = Math.round(performance.now() - began) / 1_000;
      run.context.log.info({ step: name, outcome, seconds, peakMemoryBytes: peakMemory() }, "step");
      return outcome;
    },
  });
  return [
    ...plan.databases.flatMap((database) => [
      step(`Copy database ${database.plan.name}`, `copy ${database.plan.name}`, (report) =>
        load(run, database, signal, report),
      ),
      step(`Compare database ${database.plan.name}`, `compare ${database.plan.name}`, (report) =>
        compare(run, database, report),
      ),
    ]),
    step("Fingerprint production's personal values", "fingerprint", (report) => run.leaks.collect(report)),
    ...(plan.graph ? [step("Copy Neo4j", "copy neo4j", (report) => graph(run, report))] : []),
    ...plan.volumes.map((volume) =>
      step(`Copy files of ${volume}`, `copy ${volume}`, (report) => files(run, volume, report)),
    ),
    step("Look for personal details in the copy", "leaks", (report) => search(run, report)),
    step("Put staging's own logins in, switch workflows off", "services", () => prepareServices(run.context, plan)),
    step("Swap, and prove healthy", "swap", (report) => swap(run, report)),
  ];
}

async function load(
  { context, folder, done }: Run,
  { plan, source }: PlannedDatabase,
  signal: AbortSignal,
  report: (line: string) => void,
) {
  const { production, staging, request } = context;
  const sequences = await copyDatabase({
    ...{ plan, source, folder, report, signal, parallel: request.parallel },
    ...{ production: production.server, staging: staging.server },
  });
  done.sequences.set(plan.name, sequences);
  const rows = Object.values(folder.state.databases[plan.name]?.done ?? {}).reduce((sum, count) => sum + count, 0);
  return `${countInWords(rows)} rows`;
}

async function compare(
  { context, folder, done }: Run,
  { plan, source }: PlannedDatabase,
  report: (line: string) => void,
) {
  await using reader = await source.newReader();
  await using copy = await context.staging.server.connect(incomingName(plan.name));
  await verifyDatabase(reader, copy, plan.tables, done.sequences.get(plan.name) ?? [], report);
  folder.updateDatabase(plan.name, { phase: "verified" });
}

async function graph({ context, plan, leaks, folder, done }: Run, report: (line: string) => void) {
  if (!plan.graph || !plan.policy.neo4j) return "nothing";
  const outcome = await copyGraphOf(context, plan.graph, plan.policy.neo4j, leaks, report);
  done.graph = outcome;
  addVolume(folder, outcome.volume);
  return `${countInWords(outcome.nodes)} nodes, ${countInWords(outcome.relationships)} relationships`;
}

async function files({ context, plan, folder, done, leaks }: Run, volume: string, report: (line: string) => void) {
  const outcome = await copyVolumeOf(context, volume, plan.policy.volumes[volume] ?? [], leaks, report);
  if (!outcome) return "production has none";
  done.volumes.push(outcome);
  addVolume(folder, volume);
  return `${countInWords(outcome.files.sent)} files sent, ${bytesInWords(outcome.bytes)}`;
}

/** What leaks does not lie on staging any longer than it takes to find that out. */
async function search({ context, folder, leaks }: Run, report: (line: string) => void): Promise<string> {
  try {
    return await leaks.search(report);
  } catch (error) {
    if (error instanceof CopyLeaks) await discardCopy(folder, context);
    throw error;
  }
}

async function swap(run: Run, report: (line: string) => void): Promise<void> {
  // Before: a run that is killed when all is proven leaves it to the next one.
  run.folder.write(reportFile, reportOf(run, false));
  const { activeWorkflows } = run.plan.policy.n8n;
  const { staging, request, log } = run.context;
  const options = { journal: run.journal, beforeStart: true, mayBeLive: activeWorkflows, say: request.say, log };
  // What is newer here than in production comes back while no service runs on the copy yet.
  const beforeStart = () => migrateOnNewData(staging.stack, options);
  run.done.healthySeconds = await swapIn(swapOf(run.context, run.folder), report, beforeStart);
  const { installation, environment } = staging.stack;
  writeFact(installation, environment.name, "active-workflows", activeWorkflows);
}

/** Its new content lies ready; a run that goes on makes it again. */
function addVolume(folder: CopyFolder, volume: string): void {
  folder.update({ volumes: [...new Set([...folder.state.volumes, volume])] });
}

/** Of the rows. */
function bytesOf({ databases }: CopyPlan): number {
  return databases.reduce((sum, { plan }) => sum + plan.bytes, 0);
}

function planInWords(plan: CopyPlan): string {
  const { databases, graph, volumes } = plan;
  const masked = databases.reduce((sum, { plan }) => sum + maskedColumns(plan), 0);
  return [
    `${databases.length} databases, ${bytesInWords(bytesOf(plan))}, ${masked} columns masked`,
    ...(graph ? [`${countInWords(graph.plan.elements)} nodes and relationships`] : []),
    ...(volumes.length ? [`${volumes.length} volumes`] : []),
  ].join("; ");
}

function reportOf({ context, folder, plan, done, leaks }: Run, swapped: boolean): CopyReport {
  const { id, from, to, databases } = folder.state;
  return {
    id,
    from,
    to,
    verified: true,
    swapped,
    leaks: 0,
    databases: plan.databases.map(({ plan }) => databaseReport(plan, databases[plan.name]?.done ?? {})),
    neo4j: done.graph ? { nodes: done.graph.nodes, relationships: done.graph.relationships } : null,
    volumes: done.volumes.map(({ volume, files, excluded, bytes }) => ({
      name: volume,
      files: files.sent + files.unchanged,
      excluded: excluded.reduce((sum, { files }) => sum + files, 0),
      bytes,
    })),
    notes: [...plan.databases.flatMap(({ plan }) => plan.notes), ...lateInWords(done.graph), ...leaks.notes],
    healthySeconds: done.healthySeconds,
    seconds: Math.round((Date.now() - context.began) / 100) / 10,
    peakMemoryBytes: peakMemory(),
  };
}

function lateInWords(graph: GraphOutcome | undefined): string[] {
  return graph?.late
    ? [`${countInWords(graph.late)} relationships to nodes that came during the copy were left out`]
    : [];
}

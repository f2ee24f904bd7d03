import {
  addMissingRoles,
  createIncomingDatabase,
  databaseExists,
  databaseProperties,
  incomingName,
  nameLost,
  type Server,
} from "@understudy/data";
import { type Connection, quoteTable, readSequences, type SequenceState } from "@understudy/postgres";
import type { DatabasePlan } from "../plan/database-plan.ts";
import { holdsRows } from "../plan/jobs.ts";
import type { TablePlan } from "../plan/table-plan.ts";
import { Progress } from "../report/progress.ts";
import type { CopyFolder } from "../state/copy-state.ts";
import { differences } from "../verify/digest.ts";
import { refreshDerived } from "./derived.ts";
import { copyLargeObjects } from "./large-objects.ts";
import { loadTables } from "./load-tables.ts";
import { dumpSchema, restoreAfterRows, restoreBeforeRows, type SchemaArchive } from "./schema.ts";
import { copySequences } from "./sequences.ts";
import type { Source } from "./source.ts";

/** What one database is copied with. */
export interface DatabaseCopy {
  readonly plan: DatabasePlan;
  readonly source: Source;
  readonly production: Server;
  readonly staging: Server;
  readonly folder: CopyFolder;
  readonly parallel: number;
  /** Ends the loading of rows, with its reason. */
  readonly signal?: AbortSignal;
  readonly report: (line: string) => void;
}

/** Load a database beside the live one, from where an earlier attempt was cut off, if there was one. @returns where production's sequences were. */
export async function copyDatabase(copy: DatabaseCopy): Promise<SequenceState[]> {
  return await nameLost([copy.production, copy.staging], () => load(copy));
}

async function load(copy: DatabaseCopy): Promise<SequenceState[]> {
  const { plan, source, production, staging, folder, report } = copy;
  await using admin = await staging.connect("postgres");
  const archive = await dumpSchema(production, plan.name, source.snapshot);
  const before = await begin(copy, admin, archive);
  await loadRows(copy, before.kept);
  report("indexes and constraints");
  folder.updateDatabase(plan.name, { phase: "finishing" });
  await restoreAfterRows(staging, incomingName(plan.name), archive, { jobs: copy.parallel, again: before.finishing });
  await using session = await staging.connect(incomingName(plan.name));
  const sequences = await readSequences(source.session);
  await copySequences(session, sequences);
  if (plan.largeObjects) await copyLargeObjects(source.session, session);
  report("views and statistics");
  await refreshDerived(() => staging.connect(incomingName(plan.name)), plan.catalog, copy.parallel);
  return sequences;
}

interface Begun {
  /** Tables whose rows are there and still as in production. */
  readonly kept: ReadonlySet<string>;
  /** Indexes and constraints may be there in part. */
  readonly finishing: boolean;
}

/** Make the incoming database, or find out how much of the one that is there can be kept. */
async function begin(copy: DatabaseCopy, admin: Connection, archive: SchemaArchive): Promise<Begun> {
  const { plan, source, staging, folder, report } = copy;
  const incoming = incomingName(plan.name);
  const state = folder.state.databases[plan.name];
  if (state?.plan === plan.hash && (await databaseExists(admin, incoming))) {
    report("comparing what is there with production");
    const finishing = state.phase !== "rows";
    const kept = await stillEqual(copy, Object.keys(state.done));
    // Into tables with indexes and triggers no rows are loaded.
    if (!finishing || kept.size === plan.tables.filter(hasRows).length) {
      await emptyOthers(staging, plan, kept);
      folder.updateDatabase(plan.name, {
        done: Object.fromEntries(Object.entries(state.done).filter(([id]) => kept.has(id))),
      });
      return { kept, finishing };
    }
  }
  report("schema");
  await addMissingRoles(admin, plan.catalog.roles);
  await createIncomingDatabase(await databaseProperties(source.session), admin, plan.name);
  await restoreBeforeRows(staging, incoming, archive);
  const hadLive = await databaseExists(admin, plan.name);
  folder.updateDatabase(plan.name, { phase: "rows", plan: plan.hash, hadLive, done: {} });
  return { kept: new Set(), finishing: false };
}

async function loadRows(
  { plan, source, staging, folder, parallel, signal, report }: DatabaseCopy,
  kept: ReadonlySet<string>,
) {
  const jobs = plan.jobs.filter(({ plan }) => !kept.has(plan.table.id));
  const progress = new Progress(jobs.reduce((sum, { bytes }) => sum + bytes, 0));
  const say = throttled(report);
  await loadTables(jobs, {
    parallel,
    signal,
    read: source.newReader,
    write: () => staging.connect(incomingName(plan.name)),
    onBytes: ({ plan: { table } }, bytes) => {
      progress.bytes(bytes);
      say(() => progress.line(table.id));
    },
    onTable: ({ table }, count) => {
      progress.rows(count);
      const { done = {} } = folder.state.databases[plan.name] ?? {};
      folder.updateDatabase(plan.name, { done: { ...done, [table.id]: count } });
    },
  });
}

/** Of the tables that an earlier attempt finished, those whose copy is what this moment of production gives: masked values too. */
async function stillEqual({ plan, source, staging }: DatabaseCopy, done: readonly string[]): Promise<Set<string>> {
  const plans = plan.tables.filter((table) => done.includes(table.table.id));
  await using reader = await source.newReader();
  await using session = await staging.connect(incomingName(plan.name));
  const changed = await differences(reader, session, plans, "all");
  const different = new Set(changed.map(({ table }) => table));
  return new Set(done.filter((id) => !different.has(id)));
}

async function emptyOthers(staging: Server, plan: DatabasePlan, kept: ReadonlySet<string>): Promise<void> {
  const others = plan.tables.filter((table) => hasRows(table) && !kept.has(table.table.id));
  if (others.length === 0) return;
  await using session = await staging.connect(incomingName(plan.name));
  await session.query(`TRUNCATE ${others.map(({ table }) => `ONLY ${quoteTable(table)}`).join(", ")}`);
}

function hasRows({ table, action }: TablePlan): boolean {
  return action === "copy" && holdsRows(table.kind);
}

/** At most four lines a second. */
function throttled(report: (line: string) => void): (line: () => string) => void {
  let last = 0;
  return (line) => {
    const now = performance.now();
    if (now - last < 250) return;
    last = now;
    report(line());
  };
}

import { messageOf, UserError } from "@understudy/core";
import { type Connection, copyAcross, quoteTable } from "@understudy/postgres";
import { inParallel } from "../in-parallel.ts";
import { type CopyJob, selectOf, sentColumns } from "../plan/jobs.ts";
import type { TablePlan } from "../plan/table-plan.ts";

export interface LoadOptions {
  /** Streams at a time. */
  readonly parallel: number;
  /** A session of the snapshot; a session of the copy. They are closed here. */
  readonly read: () => Promise<Connection>;
  readonly write: () => Promise<Connection>;
  /** Ends the load, with its reason. */
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (job: CopyJob, bytes: number) => void;
  /** All rows of a table are there. */
  readonly onTable: (plan: TablePlan, rows: number) => void;
}

/** What a session of the copy needs not do: flush each commit, or call triggers, of which there are none yet. */
const writerSettings = "SET synchronous_commit = off; SET session_replication_role = replica";

/** Carry rows across, several streams at a time; the first failure ends all of them. */
export async function loadTables(jobs: readonly CopyJob[], options: LoadOptions): Promise<void> {
  const left = countByTable(jobs);
  const rows = new Map<string, number>();
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal;
  await using opened = new AsyncDisposableStack();
  const sessions = await openPairs(Math.min(options.parallel, jobs.length), options, opened);
  await inParallel(sessions, jobs, async ({ read, write }, job) => {
    try {
      const loaded = await load(job, read, write, options, signal);
      const { id } = job.plan.table;
      rows.set(id, (rows.get(id) ?? 0) + loaded);
      left.set(id, (left.get(id) ?? 1) - 1);
      if (left.get(id) === 0) options.onTable(job.plan, rows.get(id) ?? 0);
    } catch (error) {
      // The others end with this reason too.
      stop.abort(error);
      throw error;
    }
  });
}

async function openPairs(count: number, { read, write }: LoadOptions, opened: AsyncDisposableStack) {
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const session = { read: opened.use(await read()), write: opened.use(await write()) };
      await session.write.query(writerSettings);
      return session;
    }),
  );
}

async function load(job: CopyJob, read: Connection, write: Connection, { onBytes }: LoadOptions, signal: AbortSignal) {
  const { table } = job.plan;
  const columns = sentColumns(job.plan).map(({ column }) => column.name);
  try {
    const { rows } = await copyAcross(
      { connection: read, select: selectOf(job, quoteTable(table)) },
      { connection: write, table, columns },
      { format: formatOf(job.plan), onBytes: (bytes) => onBytes(job, bytes), signal },
    );
    return rows;
  } catch (error) {
    throw signal.aborted ? error : explain(table.id, error);
  }
}

/** Of these types the binary form is the same on every server; that of others names types by numbers of one database. */
const portable = new Set(
  "bool int2 int4 int8 float4 float8 numeric text varchar bpchar citext json jsonb bytea uuid date time timetz timestamp timestamptz interval inet cidr".split(
    " ",
  ),
);

function formatOf(plan: TablePlan): "text" | "binary" {
  const types = sentColumns(plan).map(({ column }) => column.shape);
  return types.every(({ array, kind, base }) => !array && kind === "base" && portable.has(base)) ? "binary" : "text";
}

/** A document with a path that no rule knows fails its query in these words. The path is not told: a key of it may be a value. */
function explain(table: string, error: unknown): unknown {
  if (messageOf(error).includes("unknown JSON path")) {
    return new UserError(`${table} has a JSON path that the policy does not know`, {
      next: "See what is proposed: pnpm sync:policy; write it to sanitize.yml: pnpm sync:policy --accept",
      cause: error,
    });
  }
  return error;
}

function countByTable(jobs: readonly CopyJob[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { plan } of jobs) counts.set(plan.table.id, (counts.get(plan.table.id) ?? 0) + 1);
  return counts;
}

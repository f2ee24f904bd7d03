import { UserError } from "@understudy/core";
import { type ConnectOptions, connect } from "@understudy/postgres";
import { diskFull } from "../disk-full.ts";
import { carriedTable } from "../sql/carried-table.ts";
import { type Manifest, manifestProblem, missing } from "../transfer/chunk.ts";
import type { TableReport } from "../types.ts";
import { assertMayBeSynced } from "./assert-may-be-synced.ts";
import { assertSameSchema } from "./assert-same-schema.ts";
import type { SideSettings } from "./backup.ts";
import type { ChunkStore } from "./chunk-store.ts";
import { readLook } from "./read-look.ts";
import { RestoreRun, type TableWork } from "./restore-run.ts";
import { type OnProgress, type RestoreRequest, type RestoreResult, tableReportsSchema } from "./side.ts";

/**
 * Write what was received into the database: in one transaction, so that a failure, a cancel or a kill leaves it as it was; or group by
 * group of tables, each in its own, of which those that are done are not done again.
 */
export async function restore(
  database: ConnectOptions,
  store: ChunkStore,
  request: RestoreRequest,
  { leaveOut, demo }: Pick<SideSettings, "leaveOut" | "demo">,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { plan, manifest, steps, planOnly } = request;
  assertMayBeSynced(plan.tables, leaveOut);
  const problem = manifestProblem(
    manifest,
    plan.tables.map(({ table }) => table),
  );
  if (problem) throw new UserError(`The manifest is wrong: ${problem}`, { next: "Start the full sync again" });
  const lacking = missing(manifest.chunks, store.received());
  if (lacking.length > 0) throw new UserError(`${lacking.length} chunks are missing`, { next: "Resume the full sync" });
  signal.throwIfAborted();
  await using session = await connect({ ...database, bulk: true });
  const end = () => void session.close();
  signal.addEventListener("abort", end);
  /** Nobody cuts off what is being committed: it would not be known whether it was. */
  const commit = async () => {
    signal.throwIfAborted();
    signal.removeEventListener("abort", end);
    await session.query("COMMIT");
    signal.addEventListener("abort", end);
  };
  try {
    const look = await readLook(session);
    assertSameSchema(look, plan.fingerprints.target);
    const works = plan.tables.map((one) => workOf(carriedTable(look, one), manifest));
    const groups = steps === "table-by-table" ? inGroups(works) : [works];
    const done = planOnly ? [] : (store.kept("restored", tableReportsSchema) ?? []);
    const run = new RestoreRun({ session, store, request, look, demo, onProgress, commit });
    const reports: TableReport[] = [...done];
    for (const group of groups) {
      const rest = group.filter(({ table }) => !done.some((report) => report.table === table.look.id));
      if (rest.length === 0) continue;
      reports.push(...(await run.group(rest, { before: reports, isLast: group === groups.at(-1) })));
      if (planOnly || steps === "one-transaction") continue;
      if (!store.keepDone("restored", reports)) throw diskFull();
    }
    const result = { tables: reports, notes: [...plan.notes] };
    if (planOnly) store.keep("planned", result);
    else store.keepDone("restore", result);
    return result;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function workOf(table: TableWork["table"], { tables, chunks }: Manifest): TableWork {
  const sent = tables.find((one) => one.table === table.look.id);
  if (!sent) throw new UserError(`The manifest lacks ${table.look.id}`, { next: "Start the full sync again" });
  return { table, sent, chunks: chunks.filter((chunk) => chunk.table === table.look.id) };
}

/** Tables of a circle go together. */
function inGroups(works: readonly TableWork[]): TableWork[][] {
  return [...Map.groupBy(works, ({ table }) => table.plan.group).values()];
}

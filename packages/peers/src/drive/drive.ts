import { UserError } from "@understudy/core";
import type { Outcome } from "../book/session-row.ts";
import { assertReady, clockNotes } from "../plan/agree.ts";
import { type Plan, planSchema } from "../plan/plan.ts";
import { planTables } from "../plan/plan-tables.ts";
import type { ChunkStore } from "../side/chunk-store.ts";
import type { Side } from "../side/side.ts";
import { type Manifest, manifestSchema } from "../transfer/chunk.ts";
import type { FullSyncOptions, Method, RestoreSteps, RowCounts, TableReport } from "../types.ts";
import { sendPages } from "./send-pages.ts";
import { type TransferOptions, transfer } from "./transfer.ts";

export interface DriveOptions extends TransferOptions {
  readonly method: Method;
  readonly options: FullSyncOptions;
  readonly steps: RestoreSteps;
  /** Where the driver keeps its plan, so that a process after this one goes on. */
  readonly store: ChunkStore;
}

/** All phases, from the source to the target, whichever of them is here. What was done before a restart is not done again. */
export async function drive(source: Side, target: Side, options: DriveOptions): Promise<Outcome> {
  const { sessionId, method, store, tracker, signal } = options;
  const plan = store.kept("plan", planSchema) ?? (await makePlan(source, target, options));
  let manifest: Manifest;
  if (method === "http") {
    manifest = store.kept("manifest", manifestSchema) ?? (await sendPages(source, target, plan, store, options));
    store.keep("manifest", manifest);
  } else {
    tracker.at({ phase: "backup", fraction: 0 });
    manifest = store.kept("manifest", manifestSchema) ?? (await backUp(source, target, plan, options));
    store.keep("manifest", manifest);
    await transfer(source, target, manifest.chunks, options);
  }
  tracker.at({ phase: "convert", fraction: 0 });
  const { verifyAfterSync: verify, plan: planOnly = false } = options.options;
  const request = { plan, manifest, verify, planOnly, steps: options.steps };
  const result = await target.restore(sessionId, request, (at) => tracker.at(at), signal);
  return outcomeOf(result.tables, [...plan.leftOut.map(leftOut), ...result.notes], verify && !planOnly);
}

async function makePlan(source: Side, target: Side, { method, store, tracker, signal }: DriveOptions): Promise<Plan> {
  const [from, to] = await Promise.all([source.look(signal), target.look(signal)]);
  const plan = planTables(from, to);
  if (plan.tables.length === 0) {
    throw new UserError(`${source.name} has no table that ${target.name} has too`, {
      next: "Bring the schema there first: a full sync carries rows, not tables",
    });
  }
  const bytes = plan.tables.reduce((sum, table) => sum + table.bytes, 0);
  assertReady({ name: source.name, look: from }, { name: target.name, look: to }, bytes, method);
  for (const note of [...plan.leftOut.map(leftOut), ...plan.notes, ...clockNotes(from.clock, to.clock)])
    tracker.note(note);
  tracker.note(`${plan.tables.length} tables, about ${Math.ceil(bytes / 1e6)} MB`);
  store.keep("plan", plan);
  return plan;
}

async function backUp(
  source: Side,
  target: Side,
  plan: Plan,
  { sessionId, tracker, signal }: DriveOptions,
): Promise<Manifest> {
  const digests = await target.digest(sessionId, plan, signal);
  const manifest = await source.backup(sessionId, { plan, target: digests }, (at) => tracker.at(at), signal);
  const rows = manifest.tables.reduce((sum, one) => sum + one.rows, 0);
  const sent = manifest.tables.reduce((sum, one) => sum + (one.sent ?? 0), 0);
  tracker.note(`${sent.toLocaleString("en-US")} of ${rows.toLocaleString("en-US")} rows may differ and are sent`);
  return manifest;
}

function outcomeOf(tables: readonly TableReport[], notes: readonly string[], verified: boolean): Outcome {
  const sum = (count: keyof RowCounts) => tables.reduce((total, table) => total + table[count], 0);
  const rows = {
    inserted: sum("inserted"),
    updated: sum("updated"),
    unchanged: sum("unchanged"),
    skipped: sum("skipped"),
  };
  return { rows, tables, notes, verified: verified ? tables.every((table) => table.verified === true) : null };
}

function leftOut({ table, reason }: Plan["leftOut"][number]): string {
  return `${table} is left out: ${reason}`;
}

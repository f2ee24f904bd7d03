import { Readable } from "node:stream";
import { messageOf, sha256 } from "@understudy/core";
import { z } from "zod";
import { AgentError, mayPass } from "../agent-error.ts";
import type { Plan } from "../plan/plan.ts";
import type { ChunkStore } from "../side/chunk-store.ts";
import type { Page, PageRequest, Side } from "../side/side.ts";
import { type Manifest, manifestSchema, totalBytes } from "../transfer/chunk.ts";
import { withRetries } from "../transfer/retry.ts";
import type { TransferOptions } from "./transfer.ts";

/** Rows of a page. */
const limit = 5_000;

type State = z.infer<typeof stateSchema>;
const stateSchema = z.object({
  manifest: manifestSchema,
  /** Of the plan's tables, and the last key of it that was sent. */
  table: z.int(),
  after: z.array(z.string()).optional(),
});

/**
 * The fallback that needs no dump and no room at the source: page after page of rows is asked for and handed on. They are not of one
 * moment: what is written at the source meanwhile may be in or not.
 */
export async function sendPages(
  source: Side,
  target: Side,
  plan: Plan,
  store: ChunkStore,
  { sessionId, patience, compress, tracker, signal }: TransferOptions,
): Promise<Manifest> {
  const fresh = { manifest: { tables: [], chunks: [], sequences: [], at: new Date().toISOString() }, table: 0 };
  const state: State = store.kept("pages", stateSchema) ?? fresh;
  const { manifest } = state;
  if (state.table > 0 || state.after) tracker.note(`Going on after ${manifest.chunks.length} pages`);
  const retry = { patience, mayPass, signal, onFailure: (error: unknown) => tracker.warn(messageOf(error)) };
  let done = totalBytes(manifest.chunks);
  while (state.table < plan.tables.length) {
    const table = plan.tables[state.table] as Plan["tables"][number];
    const page = await withRetries(() => askPage(source, { plan: table, after: state.after, limit }, signal), retry);
    if (page.count > 0) {
      const bytes = Buffer.from(page.rows);
      const no = manifest.chunks.length + 1;
      const chunk = { no, table: table.table, bytes: bytes.length, sha256: page.sha256 };
      await withRetries(() => target.write(sessionId, chunk, Readable.from([bytes]), compress, signal), retry);
      manifest.chunks.push(chunk);
      done += bytes.length;
    }
    let counted = manifest.tables.find((one) => one.table === table.table);
    if (!counted) {
      counted = { table: table.table, rows: 0, sent: null, sum: null, same: [] };
      manifest.tables.push(counted);
    }
    counted.rows += page.count;
    if (page.last === null) state.table++;
    state.after = page.last ?? undefined;
    store.keep("pages", state);
    const fraction = fractionOf(plan, state);
    tracker.at({ phase: "transfer", fraction, at: table.table }, { done, total: Math.max(done, sizeOf(plan.tables)) });
  }
  tracker.at({ phase: "transfer", fraction: 1 }, { done, total: done });
  return { ...manifest, sequences: await source.sequences(signal) };
}

/** @throws AgentError that may pass when a line made other rows of them */
async function askPage(source: Side, request: PageRequest, signal: AbortSignal): Promise<Page> {
  const page = await source.page(request, signal);
  if (sha256(page.rows) === page.sha256) return page;
  const message = `A page of ${request.plan.table} did not arrive as it was sent`;
  throw new AgentError(422, "bad-chunk", message, "It is sent again");
}

/** By the tables' sizes on disk. */
function fractionOf({ tables }: Plan, { table, manifest }: State): number {
  const current = tables[table];
  const sent = totalBytes(manifest.chunks.filter((chunk) => chunk.table === current?.table));
  const done = sizeOf(tables.slice(0, table)) + Math.min(current?.bytes ?? 0, sent);
  return done / (sizeOf(tables) || 1);
}

function sizeOf(tables: Plan["tables"]): number {
  return tables.reduce((sum, { bytes }) => sum + bytes, 0);
}

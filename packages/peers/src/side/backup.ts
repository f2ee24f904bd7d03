import { type Connection, type ConnectOptions, copyOut, openSnapshot, readSequences } from "@understudy/postgres";
import { type Bucket, partsToSend, totalOf } from "../plan/buckets.ts";
import type { Plan } from "../plan/plan.ts";
import { type CarriedTable, carriedTable } from "../sql/carried-table.ts";
import { digestSql } from "../sql/hash.ts";
import { notDemo, selectSql } from "../sql/select.ts";
import { sentSequences } from "../sql/sequences.ts";
import type { Chunk, Manifest, SentTable } from "../transfer/chunk.ts";
import { assertMayBeSynced } from "./assert-may-be-synced.ts";
import { assertSameSchema } from "./assert-same-schema.ts";
import type { ChunkStore } from "./chunk-store.ts";
import { inParallel } from "./in-parallel.ts";
import { readLook } from "./read-look.ts";
import type { BackupRequest, OnProgress } from "./side.ts";

export interface SideSettings {
  /** Tables that neither leave nor are written here. */
  readonly leaveOut: readonly string[];
  readonly demo: readonly { readonly table: string; readonly where: string }[];
  readonly chunkBytes: number;
  /** Tables that are read at once. */
  readonly atOnce: number;
}

/**
 * Write a database's rows, as they are at one moment, into chunks: those in parts that the target has not alike.
 * Chunks are COPY text: a row ends at its line feed, so that a stream is cut into rows without being understood; servers of
 * different versions and columns of different types read it; and it compresses.
 */
export async function backUp(
  database: ConnectOptions,
  store: ChunkStore,
  { plan, target }: BackupRequest,
  { leaveOut, demo, chunkBytes, atOnce }: SideSettings,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Manifest> {
  assertMayBeSynced(plan.tables, leaveOut);
  store.clear();
  signal.throwIfAborted();
  await using snapshot = await openSnapshot(database);
  const end = () => void snapshot[Symbol.asyncDispose]();
  signal.addEventListener("abort", end);
  try {
    const at = new Date().toISOString();
    const look = await readLook(snapshot.session);
    assertSameSchema(look, plan.fingerprints.source);
    const tables = plan.tables.map((one) => carriedTable(look, one));
    const sequences = sentSequences(await readSequences(snapshot.session));
    const theirs = new Map(target.map(({ table, buckets }) => [table, buckets]));
    const progress = progressOf(tables, onProgress);
    let numbers = 0;
    // The largest first: else it would be read alone at the end.
    const order = [...tables].sort((left, right) => right.look.bytes - left.look.bytes);
    const readers = new Map<number, Promise<Connection>>();
    const readerOf = (worker: number) => {
      const reader = readers.get(worker) ?? snapshot.newReader();
      readers.set(worker, reader);
      return reader;
    };
    const sent = await inParallel(order, atOnce, async (table, worker) => {
      const reader = await readerOf(worker);
      signal.throwIfAborted();
      const conditions = notDemo(demo, table.look.id);
      const buckets = await reader.query<Bucket>(digestSql(table, conditions));
      const changed = partsToSend(table.plan, buckets, theirs.get(table.look.id) ?? []);
      const chunks =
        changed.length === 0
          ? []
          : await store.writeRows(
              table.look.id,
              copyOut(reader, selectSql(table, changed.length === buckets.length ? undefined : changed, conditions)),
              { size: chunkBytes, nextNo: () => ++numbers, onBytes: (bytes) => progress.copied(table, bytes) },
            );
      progress.done(table);
      return { table: sentTable(table, buckets, changed), chunks };
    });
    const manifest = { tables: inPlansOrder(plan, sent), chunks: inOrder(sent), sequences, at };
    store.keep("backup", manifest);
    return manifest;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function sentTable(
  { look, compared }: CarriedTable,
  buckets: readonly Bucket[],
  changed: readonly number[],
): SentTable {
  const { rows } = totalOf(buckets);
  const sent = totalOf(buckets, changed);
  const goes = new Set(changed);
  const same = buckets.filter(({ bucket }) => !goes.has(bucket));
  return { table: look.id, rows, sent: sent.rows, sum: compared.length > 0 ? String(sent.sum) : null, same };
}

function inPlansOrder(plan: Plan, sent: readonly { readonly table: SentTable }[]): SentTable[] {
  const tables = new Map(sent.map(({ table }) => [table.table, table]));
  return plan.tables.flatMap(({ table }) => tables.get(table) ?? []);
}

function inOrder(sent: readonly { readonly chunks: readonly Chunk[] }[]): Chunk[] {
  return sent.flatMap(({ chunks }) => chunks).sort((left, right) => left.no - right.no);
}

/** By the tables' sizes on disk, which what is read comes near to. */
function progressOf(tables: readonly CarriedTable[], onProgress: OnProgress) {
  const total = tables.reduce((sum, { look }) => sum + look.bytes, 0) || 1;
  const read = new Map<string, number>();
  const tell = (at?: string) => {
    const done = [...read.values()].reduce((sum, bytes) => sum + bytes, 0);
    onProgress({ phase: "backup", fraction: done / total, at });
  };
  return {
    copied({ look }: CarriedTable, bytes: number): void {
      read.set(look.id, Math.min(look.bytes, (read.get(look.id) ?? 0) + bytes));
      tell(look.id);
    },
    done({ look }: CarriedTable): void {
      read.set(look.id, look.bytes);
      tell();
    },
  };
}

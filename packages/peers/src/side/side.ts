import type { Readable } from "node:stream";
import { z } from "zod";
import { type TableDigest, tableDigestSchema } from "../plan/buckets.ts";
import type { Look } from "../plan/look.ts";
import { type Plan, planSchema, tablePlanSchema } from "../plan/plan.ts";
import type { PhaseProgress } from "../session/progress.ts";
import { type Chunk, type Manifest, manifestSchema } from "../transfer/chunk.ts";
import type { TableReport } from "../types.ts";

export const backupRequestSchema = z.object({
  plan: planSchema,
  /** What the target has: parts that are the same are not sent. */
  target: z.array(tableDigestSchema),
});
export type BackupRequest = z.infer<typeof backupRequestSchema>;

export const restoreRequestSchema = z.object({
  plan: planSchema,
  manifest: manifestSchema,
  verify: z.boolean(),
  /** Only say what would be written. */
  planOnly: z.boolean(),
  steps: z.enum(["one-transaction", "table-by-table"]),
});
export type RestoreRequest = z.infer<typeof restoreRequestSchema>;

const count = z.int().min(0);

export const rowCountsSchema = z.object({ inserted: count, updated: count, unchanged: count, skipped: count });

export const tableReportSchema = rowCountsSchema.extend({
  table: z.string(),
  rows: count,
  conflicts: z.array(z.string()),
  notes: z.array(z.string()),
  verified: z.boolean().nullable(),
});

export const tableReportsSchema = z.array(tableReportSchema);

export const restoreResultSchema: z.ZodType<RestoreResult> = z.object({
  tables: tableReportsSchema,
  notes: z.array(z.string()),
});
export interface RestoreResult {
  readonly tables: readonly TableReport[];
  readonly notes: readonly string[];
}

export const pageRequestSchema = z.object({
  plan: tablePlanSchema,
  /** The `last` of the page before. */
  after: z.array(z.string()).optional(),
  limit: z.int().min(1).max(100_000),
});
export type PageRequest = z.infer<typeof pageRequestSchema>;

export const pageSchema = z.object({
  /** COPY text. */
  rows: z.string(),
  count: z.int().min(0),
  /** The key of its last row, as texts; where rows have no key, that row's hash and how many of it were given; null: there is no further page. */
  last: z.array(z.string()).nullable(),
  /** Of the rows, hex. */
  sha256: z.string(),
});
export type Page = z.infer<typeof pageSchema>;

export type OnProgress = (progress: PhaseProgress) => void;

/**
 * One of the two servers of a full sync, whichever role it has, here or over there. Everything can be asked again: what is done
 * already is not done twice. Everything ends soon when `signal` does.
 */
export interface Side {
  readonly name: string;
  look(signal: AbortSignal): Promise<Look>;
  /** Of a target: what it has. */
  digest(sessionId: string, plan: Plan, signal: AbortSignal): Promise<TableDigest[]>;
  /** Of a source: write chunks of one moment. */
  backup(sessionId: string, request: BackupRequest, onProgress: OnProgress, signal: AbortSignal): Promise<Manifest>;
  /** Of a source: where its sequences stand, for what is sent in pages. */
  sequences(signal: AbortSignal): Promise<Manifest["sequences"]>;
  page(request: PageRequest, signal: AbortSignal): Promise<Page>;
  /** A chunk's bytes. @param packed compress them on the way */
  read(sessionId: string, chunk: Chunk, packed: boolean, signal: AbortSignal): Promise<Readable>;
  /** Of a target: which chunks it has. */
  received(sessionId: string, signal: AbortSignal): Promise<number[]>;
  /** @throws when the bytes are not the chunk's */
  write(sessionId: string, chunk: Chunk, bytes: Readable, packed: boolean, signal: AbortSignal): Promise<void>;
  restore(
    sessionId: string,
    request: RestoreRequest,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<RestoreResult>;
}

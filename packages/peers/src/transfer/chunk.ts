import { z } from "zod";
import { bucketSchema } from "../plan/buckets.ts";

export const chunkSchema = z.object({
  /** From 1, over all tables. */
  no: z.int().min(1).max(10_000_000),
  /** Its rows are whole, and all of this table. */
  table: z.string().max(200),
  bytes: z.int().min(1).max(2_000_000_000),
  /** Of its bytes before compression, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A numbered piece of the backup: rows in COPY's text format. */
export type Chunk = z.infer<typeof chunkSchema>;

const sentTable = z.object({
  table: z.string(),
  /** Rows of the table, those of demo data left out. */
  rows: z.int().min(0),
  /** Of them, those in parts that are sent, and the sum of their hashes; null: not known, as rows come in pages. */
  sent: z.int().min(0).nullable(),
  sum: z
    .string()
    .regex(/^-?\d{1,40}$/)
    .nullable(),
  /** Parts that are not sent, as the target had them alike. */
  same: z.array(bucketSchema),
});

export const manifestSchema = z.object({
  tables: z.array(sentTable),
  chunks: z.array(chunkSchema),
  sequences: z.array(z.object({ schema: z.string(), name: z.string(), at: z.string().regex(/^-?\d{1,20}$/) })),
  /** Which moment of the source it is. */
  at: z.string(),
});

/** What a backup consists of. */
export type Manifest = z.infer<typeof manifestSchema>;
export type SentTable = z.infer<typeof sentTable>;

/** The chunks that are still to be sent, in order. */
export function missing(chunks: readonly Chunk[], received: readonly number[]): Chunk[] {
  const there = new Set(received);
  return chunks.filter(({ no }) => !there.has(no));
}

/** What is wrong with a manifest, for people: numbers must run from 1, tables must be those of the plan. */
export function manifestProblem({ tables, chunks }: Manifest, planned: readonly string[]): string | undefined {
  const known = new Set(planned);
  const stranger = [...tables, ...chunks].find(({ table }) => !known.has(table));
  if (stranger) return `table ${stranger.table} is not of the plan`;
  const gap = chunks.findIndex(({ no }, at) => no !== at + 1);
  return gap === -1 ? undefined : `chunk ${gap + 1} is missing`;
}

export function totalBytes(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, { bytes }) => sum + bytes, 0);
}

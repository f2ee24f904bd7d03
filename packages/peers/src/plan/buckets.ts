import { z } from "zod";
import type { TablePlan } from "./plan.ts";

const rowsInBucket = 500;
const most = 4_096;
/** Where the server never counted. */
const bytesOfRow = 100;

/** In how many parts a table's rows are compared: a power of two, so that both servers cut alike. */
export function bucketsFor({
  estimatedRows,
  bytes,
}: {
  readonly estimatedRows: number;
  readonly bytes: number;
}): number {
  const rows = estimatedRows >= 0 ? estimatedRows : bytes / bytesOfRow;
  const wanted = Math.max(1, Math.min(most, rows / rowsInBucket));
  return 2 ** Math.floor(Math.log2(wanted));
}

export const bucketSchema = z.object({
  bucket: z.int().min(0),
  rows: z.int().min(0),
  /** Sum of the rows' hashes, a decimal number of up to 64 + 32 bits. */
  sum: z.string().regex(/^-?\d{1,40}$/),
});

/** What a table's rows of one part come to, whatever their order. */
export type Bucket = z.infer<typeof bucketSchema>;

export const tableDigestSchema = z.object({ table: z.string(), buckets: z.array(bucketSchema) });

export type TableDigest = z.infer<typeof tableDigestSchema>;

/** The source's parts that the target does not have alike. Parts that only the target has do not count: a full sync deletes nothing. */
export function differing(source: readonly Bucket[], target: readonly Bucket[]): number[] {
  const theirs = new Map(target.map((bucket) => [bucket.bucket, bucket]));
  return source
    .filter(({ bucket, rows, sum }) => {
      const other = theirs.get(bucket);
      return rows > 0 && (other?.rows !== rows || other.sum !== sum);
    })
    .map(({ bucket }) => bucket);
}

/** Which parts of a table to send: where columns are carried that hashes cannot compare, all of them, for they tell nothing of those. */
export function partsToSend(
  { columns, onlyInserted, compared }: Pick<TablePlan, "columns" | "onlyInserted" | "compared">,
  source: readonly Bucket[],
  target: readonly Bucket[],
): number[] {
  return differing(source, compared.length + onlyInserted.length < columns.length ? [] : target);
}

/** Rows and hashes of some parts together. */
export function totalOf(buckets: readonly Bucket[], chosen?: readonly number[]): { rows: number; sum: bigint } {
  const wanted = chosen && new Set(chosen);
  const counted = wanted ? buckets.filter(({ bucket }) => wanted.has(bucket)) : buckets;
  return {
    rows: counted.reduce((total, { rows }) => total + rows, 0),
    sum: counted.reduce((total, { sum }) => total + BigInt(sum), 0n),
  };
}

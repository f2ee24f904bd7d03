import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type Bucket, countOf } from "./bucket.ts";
import { Damage } from "./unavailable.ts";

/** Where a run of buckets begins, and how far apart they can begin; seconds. */
export interface Grid {
  readonly start: number;
  readonly width: number;
}

/** A bucket as small numbers: each field as its difference to what is most likely. */
type Row = [
  skipped: number,
  healthy: number,
  degraded: number,
  unhealthy: number,
  known: number,
  down: number,
  min: number,
  spread: number,
  rest: number,
];

const fields = 9;

/**
 * Sorted buckets in few bytes: all buckets' first field, then all their second, …, as integers of variable length,
 * deflated. A check that is well costs its jitter and little else.
 */
export function encodeBuckets(buckets: readonly Bucket[], { start, width }: Grid): Uint8Array {
  let before = start - width;
  const rows = buckets.map((bucket) => {
    const row = toRow(bucket, before, width);
    before = bucket.start;
    return row;
  });
  const bytes: number[] = [];
  writeInteger(bytes, rows.length);
  for (let field = 0; field < fields; field++) for (const row of rows) writeInteger(bytes, row[field] as number);
  return deflateRawSync(Uint8Array.from(bytes));
}

/** The buckets that were encoded. Written for speed: a page reads hundreds of thousands. @throws Damage */
export function decodeBuckets(data: Uint8Array, { start, width }: Grid): Bucket[] {
  const read = integerReader(inflate(data));
  const rows: number[][] = new Array(read());
  for (let place = 0; place < rows.length; place++) rows[place] = new Array(fields);
  for (let field = 0; field < fields; field++) for (const row of rows) row[field] = read();
  let before = start - width;
  return rows.map((row) => {
    const bucket = fromRow(row as Row, before, width);
    before = bucket.start;
    return bucket;
  });
}

function inflate(data: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(data);
  } catch (error) {
    throw new Damage("a segment cannot be inflated", { cause: error });
  }
}

function toRow(bucket: Bucket, before: number, width: number): Row {
  const step = bucket.start - before;
  return [
    step / width - 1,
    bucket.healthy,
    bucket.degraded,
    bucket.unhealthy,
    zigzag(bucket.known - step),
    bucket.down,
    bucket.min,
    bucket.max - bucket.min,
    bucket.sum - expectedSum(countOf(bucket), bucket.min, bucket.max),
  ];
}

function fromRow(row: Row, before: number, width: number): Bucket {
  const [skipped, healthy, degraded, unhealthy, known, down, min, spread, rest] = row;
  const step = (skipped + 1) * width;
  return {
    start: before + step,
    healthy,
    degraded,
    unhealthy,
    known: unzigzag(known) + step,
    down,
    min,
    max: min + spread,
    sum: rest + expectedSum(healthy + degraded + unhealthy, min, min + spread),
  };
}

/** Of one or two looks the sum is known; of more it is at least this. */
function expectedSum(count: number, min: number, max: number): number {
  return count > 1 ? min + max : min;
}

/** Small negative numbers as small positive ones. */
function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}

function unzigzag(value: number): number {
  return value % 2 ? -(value + 1) / 2 : value / 2;
}

/** Seven bits a byte, lowest first; by division, as shifts end at 32 bits. */
function writeInteger(bytes: number[], value: number): void {
  let left = value;
  while (left >= 128) {
    bytes.push((left % 128) + 128);
    left = Math.floor(left / 128);
  }
  bytes.push(left);
}

function integerReader(bytes: Uint8Array): () => number {
  let place = 0;
  return () => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = bytes[place++];
      if (byte === undefined) throw new Damage("a segment ends too early");
      if (byte < 128) return value + byte * unit;
      value += (byte - 128) * unit;
    }
  };
}

import { type Bucket, mergeBuckets } from "./bucket.ts";
import { decodeBuckets, encodeBuckets } from "./bucket-codec.ts";
import type { Sql } from "./sql.ts";
import type { Tier } from "./tiers.ts";

/** A stretch of time, seconds since the epoch; `to` is not in it. */
export interface Seconds {
  readonly from: number;
  readonly to: number;
}

/**
 * The buckets of some series that begin in a stretch of time, sorted by start: packed ones, and looks that are not packed
 * yet. One series after the other, as all together take much memory.
 */
export function* readBuckets(
  sql: Sql,
  tier: Tier,
  series: readonly number[],
  range: Seconds,
): Generator<readonly [id: number, buckets: readonly Bucket[]]> {
  const looks = bucketsOfLooks(sql, tier, series, range);
  const starts = JSON.stringify(segmentStarts(tier, range));
  for (const id of series) {
    const packed = sql.all`select start, buckets from segment where tier = ${tier.id}
      and start in (select value from json_each(${starts})) and series = ${id} order by start`;
    const buckets = packed
      .flatMap((row) => decodeBuckets(row.buckets as Uint8Array, { start: Number(row.start), width: tier.width }))
      .filter(({ start }) => start >= range.from && start < range.to);
    yield [id, mergeBuckets(buckets, looks.get(id) ?? [])];
  }
}

/** Looks that are not packed yet, as a tier's buckets by series, sorted by start. */
export function bucketsOfLooks(
  sql: Sql,
  { width }: Tier,
  series: readonly number[],
  { from, to }: Seconds,
): Map<number, Bucket[]> {
  const rows = sql.iterate`select look.series as id, look.at - look.at % ${width} as start,
      sum(look.status = 0) as healthy, sum(look.status = 1) as degraded, sum(look.status = 2) as unhealthy,
      sum(known) as known, sum(iif(look.status = 2, known, 0)) as down,
      min(look.value) as min, max(look.value) as max, sum(look.value) as sum
    from look join series on series.id = look.series
    where seq > packed and look.series in (select value from json_each(${JSON.stringify(series)}))
    group by 1, 2 having start >= ${from} and start < ${to} order by 1, 2`;
  const found = new Map<number, Bucket[]>();
  for (const row of rows) {
    const { id, ...bucket } = row as unknown as { id: number } & Bucket;
    const list = found.get(id);
    if (list) list.push(bucket);
    else found.set(id, [bucket]);
  }
  return found;
}

/** Add sorted buckets to the segments that they belong to. */
export function addToSegments(sql: Sql, tier: Tier, series: number, buckets: readonly Bucket[]): void {
  for (const [start, added] of Map.groupBy(buckets, (bucket) => segmentStart(tier, bucket.start))) {
    const grid = { start, width: tier.width };
    const there = sql.get`select buckets from segment where tier = ${tier.id} and start = ${start} and series = ${series}`;
    const before = there ? decodeBuckets(there.buckets as Uint8Array, grid) : [];
    const after = encodeBuckets(mergeBuckets(before, added), grid);
    sql.run`insert or replace into segment (tier, start, series, buckets)
      values (${tier.id}, ${start}, ${series}, ${after})`;
  }
}

function segmentStart({ span }: Tier, at: number): number {
  return Math.floor(at / span) * span;
}

/** Of those segments that can have buckets of a stretch of time. */
function segmentStarts(tier: Tier, { from, to }: Seconds): number[] {
  const first = segmentStart(tier, from);
  const count = Math.max(0, Math.ceil((to - first) / tier.span));
  return Array.from({ length: count }, (_, index) => first + index * tier.span);
}

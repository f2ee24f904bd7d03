import type { Outbox } from "@understudy/core/light";
import { widenBuckets } from "./bucket.ts";
import { addToSegments, bucketsOfLooks } from "./segments.ts";
import type { Sql } from "./sql.ts";
import type { Tier, Tiers } from "./tiers.ts";

export interface Upkeep {
  readonly sql: Sql;
  readonly outbox: Outbox;
  readonly tiers: Tiers;
  /** ms. */
  readonly keep: number;
  readonly maxBytes: number;
  /** ms since the epoch. */
  readonly now: number;
}

/** Looks are packed when they are so old, seconds, or so many. */
const packAfter = 1_800;
const mostLooks = 60_000;
/** ms. */
const noticesKept = 31 * 24 * 60 * 60 * 1_000;
/** How much one step does, so that it is short: series, looks, rows. */
const seriesAtOnce = 4;
const looksAtOnce = 5_000;
const rowsAtOnce = 200;

/** One short step of what keeps the file small, inside a transaction. Returns whether there was anything to do. */
export function upkeepStep(work: Upkeep): boolean {
  return [packOldest, expire, dropOldest, shrink].some((step) => step(work));
}

/** Remove the oldest looks that are packed; if there are none, pack those of the series whose turn it is, and its neighbours'. */
function packOldest({ sql, tiers, now }: Upkeep): boolean {
  const [first, last] = looksAtTheEnds(sql);
  const oldest = sql.get`select seq, look.at, look.series from look cross join series on series.id = look.series
    where seq > packed and seq < ${first + looksAtOnce} order by seq limit 1` as Oldest | undefined;
  if (changes(sql.run`delete from look where seq < ${oldest?.seq ?? first + looksAtOnce}`)) return true;
  if (!oldest || (Math.abs(now / 1_000 - oldest.at) < packAfter && last - oldest.seq < mostLooks)) return false;
  const from = oldest.series - (oldest.series % seriesAtOnce);
  const series = Array.from({ length: seriesAtOnce }, (_, index) => from + index);
  const looks = bucketsOfLooks(sql, tiers[0], series, { from: 0, to: Number.MAX_SAFE_INTEGER });
  for (const [id, buckets] of looks) {
    for (const tier of tiers) addToSegments(sql, tier, id, widenBuckets(buckets, tier.width));
  }
  sql.run`update series set packed = ${last}, at = newest.at, status = newest.status, value = newest.value
    from (select series, at, status, value, max(seq) from look
      where series between ${from} and ${from + seriesAtOnce - 1} group by series) as newest
    where newest.series = id`;
  return true;
}

interface Oldest {
  readonly seq: number;
  readonly at: number;
  readonly series: number;
}

function looksAtTheEnds(sql: Sql): [first: number, last: number] {
  const row = sql.get`select (select min(seq) from look) as first, (select max(seq) from look) as last`;
  return [Number(row?.first), Number(row?.last)];
}

/** Forget what is older than it is kept. */
function expire({ sql, outbox, tiers, keep, now }: Upkeep): boolean {
  const old = tiers.map((tier) => removeSegments(sql, tier, now / 1_000 - tier.keep - tier.span));
  const before = now - keep;
  const series = sql.run`delete from series where id in
    (select id from series where at < ${before / 1_000} and id not in (select series from look) limit 1)`;
  const ended = sql.run`delete from silence where until < ${now}`;
  return [...old, removeDated(sql, before), changes(series), changes(ended), outbox.prune(now - noticesKept) > 0].some(
    Boolean,
  );
}

/** While the file is larger than allowed, remove the oldest stretch of time, whatever its resolution. */
function dropOldest({ sql, tiers, maxBytes, now }: Upkeep): boolean {
  const { used } = sizes(sql);
  if (used <= maxBytes) return false;
  const ends = tiers.flatMap((tier) => {
    const first = sql.get`select min(start) as start from segment where tier = ${tier.id}`?.start;
    return typeof first === "number" ? [{ tier, end: first + tier.span }] : [];
  });
  const oldest = ends.sort((a, b) => a.end - b.end)[0];
  if (!oldest) return removeDated(sql, now);
  const start = oldest.end - oldest.tier.span;
  return [removeSegments(sql, oldest.tier, start + 1), removeDated(sql, start * 1_000)].some(Boolean);
}

/** Give the pages that are no longer used back to the volume: all when the file is too large, else when they are many. */
function shrink({ sql, maxBytes }: Upkeep): boolean {
  const { used, size } = sizes(sql);
  if (size === used || (size <= maxBytes && size - used < size / 10)) return false;
  sql.all`pragma incremental_vacuum(500)`;
  return true;
}

function removeSegments(sql: Sql, { id }: Tier, before: number): boolean {
  return changes(sql.run`delete from segment where (tier, start, series) in
    (select tier, start, series from segment where tier = ${id} and start < ${before} limit ${rowsAtOnce})`);
}

/** Rows that have a time of their own, ms. */
function removeDated(sql: Sql, before: number): boolean {
  return [
    sql.run`delete from change where id in (select id from change where at < ${before} order by at limit ${rowsAtOnce})`,
    sql.run`delete from event where id in (select id from event where at < ${before} order by at limit ${rowsAtOnce})`,
    sql.run`delete from incident where closed < ${before}`,
    sql.run`delete from gap where until < ${before}`,
    sql.run`delete from error where last < ${before}`,
  ].some(changes);
}

function changes({ changes: count }: { readonly changes: number | bigint }): boolean {
  return count > 0;
}

/** Bytes of the file, and of it those in use. */
function sizes(sql: Sql): { size: number; used: number } {
  const row = sql.get`select page_count * page_size as size, (page_count - freelist_count) * page_size as used
    from pragma_page_count, pragma_page_size, pragma_freelist_count`;
  return { size: Number(row?.size), used: Number(row?.used) };
}

import { UserError } from "@understudy/core/light";
import { type Bucket, widenBuckets } from "./bucket.ts";
import type { Kind } from "./looks.ts";
import { pageSize, type Range } from "./page.ts";
import { readBuckets, type Seconds } from "./segments.ts";
import type { Sql } from "./sql.ts";
import { type Tier, type Tiers, tierFor } from "./tiers.ts";

/** What every question about the past is answered from. */
export interface Reading {
  readonly sql: Sql;
  readonly tiers: Tiers;
  /** ms since the epoch. */
  readonly now: number;
}

/** A page of series over a time, sorted by name. */
export interface SeriesQuery extends Range {
  readonly service?: string | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** Series on the page, 1 to 500. Default 100. */
  readonly limit?: number | undefined;
  /** About how many points each may have; with all series of the page at most 100 000. Default 300. */
  readonly points?: number | undefined;
}

interface NamedSeries {
  readonly id: number;
  readonly name: string;
  readonly service: string;
}

interface SeriesPage {
  /** Seconds from one point to the next. */
  readonly width: number;
  readonly series: readonly (NamedSeries & { readonly buckets: readonly Bucket[] })[];
  readonly next: string | undefined;
}

/** The buckets of a page of series. @throws UserError for a limit or number of points that is out of range */
export function seriesPage(
  reading: Reading,
  kind: Kind,
  query: SeriesQuery & { name?: string | undefined },
): SeriesPage {
  const { points = 300, limit = 100 } = query;
  const candidates = findSeries(reading.sql, kind, query, pageSize(limit) + 1);
  const series = candidates.slice(0, limit);
  assertPoints(points, series.length);
  const step = (query.to - query.from) / 1_000 / points;
  const tier = tierFor(reading.tiers, { from: query.from / 1_000, step, now: reading.now / 1_000 });
  const width = Math.max(1, Math.ceil(step / tier.width)) * tier.width;
  const ids = series.map(({ id }) => id);
  const found = readBuckets(reading.sql, tier, ids, wholeBuckets(query, width, tier, reading.now));
  const buckets = new Map(found.map(([id, narrow]) => [id, widenBuckets(narrow, width)]));
  return {
    width,
    series: series.map((one) => ({ ...one, buckets: buckets.get(one.id) ?? [] })),
    next: candidates.length > limit ? series.at(-1)?.name : undefined,
  };
}

/** So many on a page keep the answer, and the memory for it, small. */
const mostPoints = 100_000;

function assertPoints(points: number, series: number): void {
  const most = Math.floor(mostPoints / Math.max(1, series));
  if (Number.isInteger(points) && points >= 1 && points <= most) return;
  throw new UserError(`points must be a whole number from 1 to ${most} for ${series} series, not ${points}`, {
    next: "Ask for fewer points, or set a lower limit",
    exitCode: 2,
  });
}

/** Series of a kind behind the cursor, by name. */
export function findSeries(
  sql: Sql,
  kind: Kind,
  {
    name,
    service,
    cursor = "",
  }: { name?: string | undefined; service?: string | undefined; cursor?: string | undefined },
  limit: number,
): NamedSeries[] {
  return sql.all`select id, name, service from series
    where kind = ${kind} and name > ${cursor} and name = coalesce(${name ?? null}, name)
      and service = coalesce(${service ?? null}, service)
    order by name limit ${limit}` as unknown as NamedSeries[];
}

/** A time in seconds, from the beginning of a bucket, as far as anything can be kept. */
export function wholeBuckets({ from, to }: Range, width: number, tier: Tier, now: number): Seconds {
  const oldest = now / 1_000 - tier.keep - 2 * tier.span;
  const newest = now / 1_000 + tier.span;
  return {
    from: Math.floor(Math.max(from / 1_000, oldest) / width) * width,
    to: Math.min(to / 1_000, newest),
  };
}

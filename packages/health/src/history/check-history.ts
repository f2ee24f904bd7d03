import { type Bucket, countOf } from "./bucket.ts";
import type { Page } from "./page.ts";
import { type Reading, type SeriesQuery, seriesPage } from "./reading.ts";

/** What the looks of a check in a stretch of time came to. Times are ms. */
export interface Point {
  /** When it begins, since the epoch. */
  readonly at: number;
  readonly healthy: number;
  readonly degraded: number;
  readonly unhealthy: number;
  /** The time that is known of, and the part of it in which the check was unhealthy. */
  readonly known: number;
  readonly down: number;
  /** How long a look took. */
  readonly min: number;
  readonly avg: number;
  readonly max: number;
}

export interface CheckHistory {
  readonly check: string;
  readonly service: string;
  readonly points: readonly Point[];
}

export interface HistoryPage extends Page<CheckHistory> {
  /** ms from one point to the next. 1000: each point is a look. */
  readonly resolution: number;
}

export interface HistoryQuery extends SeriesQuery {
  readonly check?: string | undefined;
}

/** How checks went, as finely as the points allow and as the history still knows it. */
export function checkHistory(reading: Reading, query: HistoryQuery): HistoryPage {
  const { width, series, next } = seriesPage(reading, "check", { ...query, name: query.check });
  const items = series.map(({ name, service, buckets }) => ({ check: name, service, points: buckets.map(toPoint) }));
  return { resolution: width * 1_000, items, ...(next === undefined ? {} : { next }) };
}

function toPoint(bucket: Bucket): Point {
  return {
    at: bucket.start * 1_000,
    healthy: bucket.healthy,
    degraded: bucket.degraded,
    unhealthy: bucket.unhealthy,
    known: bucket.known * 1_000,
    down: bucket.down * 1_000,
    min: bucket.min,
    avg: Math.round(bucket.sum / countOf(bucket)),
    max: bucket.max,
  };
}

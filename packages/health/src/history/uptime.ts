import { type Bucket, combine, countOf } from "./bucket.ts";
import type { Range } from "./page.ts";
import { findSeries, type Reading, wholeBuckets } from "./reading.ts";
import { readBuckets } from "./segments.ts";
import { tierFor } from "./tiers.ts";

/** What is known of a time, ms. What nobody saw is in neither. */
export interface Known {
  readonly known: number;
  /** The part of it in which it was unhealthy. */
  readonly down: number;
  /** The part of it in which it was not unhealthy, 0 to 1. Undefined when nothing is known. */
  readonly uptime: number | undefined;
}

/** How a check did. */
export interface CheckUptime extends Known {
  readonly check: string;
  readonly service: string;
  /** Looks that ended so. */
  readonly healthy: number;
  readonly degraded: number;
  readonly unhealthy: number;
  /** How long a look took. `p50` is the middle one of the averages of minutes, hours or days. */
  readonly ms: { readonly min: number; readonly avg: number; readonly p50: number; readonly max: number };
}

export interface UptimeReport extends Range {
  /** Those that were looked at in this time, by name. */
  readonly checks: readonly CheckUptime[];
  /** All checks together. */
  readonly overall: Known;
}

export interface UptimeQuery extends Range {
  readonly check?: string | undefined;
  readonly service?: string | undefined;
}

/** How checks did in a time. From 1 day on it begins with a whole hour, from 24 days on with a whole day, UTC. */
export function uptimeReport(reading: Reading, query: UptimeQuery): UptimeReport {
  const { from, to } = query;
  const series = findSeries(reading.sql, "check", { ...query, name: query.check }, Number.MAX_SAFE_INTEGER);
  const step = Math.max(60, (to - from) / 1_000 / 24);
  const tier = tierFor(reading.tiers, { from: from / 1_000, step, now: reading.now / 1_000 });
  const range = wholeBuckets(query, tier.width, tier, reading.now);
  const ids = series.map(({ id }) => id);
  const looked = readBuckets(reading.sql, tier, ids, range).filter(([, buckets]) => buckets.length > 0);
  const summaries = new Map(looked.map(([id, buckets]) => [id, summary(buckets)]));
  const checks = series.flatMap(({ id, name, service }) => {
    const found = summaries.get(id);
    return found ? [{ check: name, service, ...found }] : [];
  });
  const total = (of: (check: CheckUptime) => number) => checks.reduce((sum, check) => sum + of(check), 0);
  return {
    from: Math.floor(from / 1_000 / tier.width) * tier.width * 1_000,
    to,
    checks,
    overall: knownOf(
      total(({ known }) => known),
      total(({ down }) => down),
    ),
  };
}

function summary(buckets: readonly Bucket[]): Omit<CheckUptime, "check" | "service"> {
  const all = buckets.reduce(combine);
  const { healthy, degraded, unhealthy, min, max } = all;
  const avg = Math.round(all.sum / countOf(all));
  return {
    ...knownOf(all.known * 1_000, all.down * 1_000),
    healthy,
    degraded,
    unhealthy,
    ms: { min, avg, p50: middle(buckets), max },
  };
}

function knownOf(known: number, down: number): Known {
  return { known, down, uptime: known > 0 ? (known - down) / known : undefined };
}

function middle(buckets: readonly Bucket[]): number {
  const averages = new Float64Array(buckets.map((bucket) => bucket.sum / countOf(bucket))).sort();
  return Math.round(averages[Math.floor((averages.length - 1) / 2)] ?? 0);
}

import { type Bucket, countOf } from "./bucket.ts";
import type { Page } from "./page.ts";
import { type Reading, type SeriesQuery, seriesPage } from "./reading.ts";

interface Measure {
  readonly avg: number;
  readonly max: number;
}

/** What a service used in a stretch of time: cores and bytes. `at` is ms since the epoch. */
export interface UsagePoint {
  readonly at: number;
  readonly cpu: Measure;
  readonly memory: Measure | undefined;
  readonly memoryLimit: number | undefined;
}

export interface UsageHistory {
  readonly service: string;
  readonly points: readonly UsagePoint[];
}

/** What services used, as finely as the points allow and as the history still knows it. */
export function usageHistory(reading: Reading, query: SeriesQuery): Page<UsageHistory> {
  const cpu = seriesPage(reading, "cpu", query);
  const memory = byService(seriesPage(reading, "memory", query));
  const limit = byService(seriesPage(reading, "memory limit", query));
  const items = cpu.series.map(({ service, buckets }) => ({
    service,
    points: buckets.map((bucket) => ({
      at: bucket.start * 1_000,
      cpu: measure(bucket, 1_000),
      memory: optional(memory.get(service)?.get(bucket.start)),
      memoryLimit: limit.get(service)?.get(bucket.start)?.max,
    })),
  }));
  return { items, ...(cpu.next === undefined ? {} : { next: cpu.next }) };
}

function byService({ series }: ReturnType<typeof seriesPage>): Map<string, Map<number, Bucket>> {
  return new Map(
    series.map(({ service, buckets }) => [service, new Map(buckets.map((bucket) => [bucket.start, bucket]))]),
  );
}

function measure(bucket: Bucket, unit: number): Measure {
  return { avg: bucket.sum / countOf(bucket) / unit, max: bucket.max / unit };
}

function optional(bucket: Bucket | undefined): Measure | undefined {
  return bucket && measure(bucket, 1);
}

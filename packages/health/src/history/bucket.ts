/** What the looks of one series in a stretch of time came to. Times are whole seconds. */
export interface Bucket {
  /** Since the epoch. */
  readonly start: number;
  /** How many looks ended so. */
  readonly healthy: number;
  readonly degraded: number;
  readonly unhealthy: number;
  /** The time that the looks speak for, and the part of it for which they say unhealthy. */
  readonly known: number;
  readonly down: number;
  /** Of the looks' values, whole numbers: a check's ms, a service's memory in bytes … */
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

export function countOf({ healthy, degraded, unhealthy }: Bucket): number {
  return healthy + degraded + unhealthy;
}

/** Two buckets as one, which begins where the first does. */
export function combine(a: Bucket, b: Bucket): Bucket {
  return {
    start: a.start,
    healthy: a.healthy + b.healthy,
    degraded: a.degraded + b.degraded,
    unhealthy: a.unhealthy + b.unhealthy,
    known: a.known + b.known,
    down: a.down + b.down,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sum: a.sum + b.sum,
  };
}

/** Two lists of buckets of the same width as one, sorted by start. Both come in sorted. */
export function mergeBuckets(a: readonly Bucket[], b: readonly Bucket[]): readonly Bucket[] {
  const last = a.at(-1);
  const first = b[0];
  if (!first) return a;
  if (!last || last.start < first.start) return [...a, ...b];
  const byStart = new Map(a.map((bucket) => [bucket.start, bucket]));
  for (const bucket of b) {
    const there = byStart.get(bucket.start);
    byStart.set(bucket.start, there ? combine(there, bucket) : bucket);
  }
  return [...byStart.values()].sort((left, right) => left.start - right.start);
}

/** Sorted buckets as wider ones. */
export function widenBuckets(buckets: readonly Bucket[], width: number): Bucket[] {
  const wide: Bucket[] = [];
  for (const bucket of buckets) {
    const start = Math.floor(bucket.start / width) * width;
    const last = wide.at(-1);
    if (last?.start === start) wide[wide.length - 1] = combine(last, bucket);
    else wide.push({ ...bucket, start });
  }
  return wide;
}

import { DatabaseSync } from "node:sqlite";
import { type Bucket, widenBuckets } from "../../packages/health/src/history/bucket.ts";
import { addToSegments } from "../../packages/health/src/history/segments.ts";
import { Sql } from "../../packages/health/src/history/sql.ts";
import { historyTiers, type Tier } from "../../packages/health/src/history/tiers.ts";

export interface Year {
  readonly checks: number;
  /** Seconds between two looks of a check. */
  readonly interval: number;
  /** Seconds since the epoch: the beginning of an hour. */
  readonly end: number;
}

const day = 86_400;

export function checkName(index: number): string {
  return `check ${index + 1}`;
}

/** A look's ms: around what is usual for the check, now and then ten times as much. */
export function latency(index: number): number {
  const usual = 8 + ((index * 37) % 190);
  return Math.round(usual * jitter() * (Math.random() < 0.002 ? 10 : 1));
}

/** Whether a check is down at a second since the epoch: for some minutes, about once in ten days. */
export function isDown(index: number, at: number): boolean {
  const stretch = Math.floor(at / 864_000);
  const from = hash(index, stretch) % 860_000;
  const into = at - stretch * 864_000 - from;
  return into >= 0 && into < 120 + (hash(stretch, index) % 3_000);
}

/**
 * Write what a year of looks comes to into the segments of a store's file, up to one day before its end: hours, and of
 * the last month minutes as well. Series must be there under their names.
 */
export function writeYear(file: string, year: Year, say: (line: string) => void): void {
  const [, minutes, hours, days] = historyTiers(365);
  using db = new DatabaseSync(file);
  const sql = new Sql(db);
  const ids = new Map(sql.all`select id, name from series`.map(({ id, name }) => [String(name), Number(id)]));
  const last = year.end - day;
  for (let index = 0; index < year.checks; index++) {
    const series = ids.get(checkName(index));
    if (series === undefined) throw new Error(`${checkName(index)} is not in ${file}`);
    db.exec("begin");
    const ofHours = buckets(index, year, hours, { from: year.end - 365 * day, to: last });
    addToSegments(sql, minutes, series, buckets(index, year, minutes, { from: year.end - 31 * day, to: last }));
    addToSegments(sql, hours, series, ofHours);
    addToSegments(sql, days, series, widenBuckets(ofHours, days.width));
    db.exec("commit");
    if (index % 50 === 49) say(`${index + 1} of ${year.checks} checks`);
  }
}

function buckets(index: number, year: Year, { width }: Tier, { from, to }: { from: number; to: number }): Bucket[] {
  const count = width / year.interval;
  const first = Math.ceil(from / width);
  return Array.from({ length: Math.floor(to / width) - first }, (_, place) => {
    const start = (first + place) * width;
    const bucket = { start, healthy: 0, degraded: 0, unhealthy: 0, known: 0, down: 0, min: Infinity, max: 0, sum: 0 };
    for (let look = 0; look < count; look++) {
      const ms = latency(index);
      const known = year.interval + lateness();
      const down = isDown(index, start + look * year.interval);
      bucket[down ? "unhealthy" : "healthy"]++;
      bucket.known += known;
      if (down) bucket.down += known;
      bucket.min = Math.min(bucket.min, ms);
      bucket.max = Math.max(bucket.max, ms);
      bucket.sum += ms;
    }
    return bucket;
  });
}

/** Whole seconds by which a look came earlier or later than due: one in twenty by one. */
function lateness(): number {
  const chance = Math.random();
  return chance < 0.025 ? -1 : chance > 0.975 ? 1 : 0;
}

/** Log-normal, sigma 0.3. */
const jitters = Float64Array.from({ length: 65_536 }, () =>
  Math.exp(0.3 * Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())),
);

function jitter(): number {
  return jitters[Math.floor(Math.random() * jitters.length)] as number;
}

function hash(a: number, b: number): number {
  return Math.imul(Math.imul(a + 1, 0x9e3779b1) ^ (b + 0x7f4a7c15), 0x85ebca6b) >>> 1;
}

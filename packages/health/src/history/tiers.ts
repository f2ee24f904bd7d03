/** One resolution of the history. All in seconds. */
export interface Tier {
  readonly id: number;
  /** Of a bucket. */
  readonly width: number;
  /** Of the stretch of time whose buckets lie in one row. */
  readonly span: number;
  /** How long it is kept. */
  readonly keep: number;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** From fine to coarse. */
export type Tiers = readonly [looks: Tier, minutes: Tier, hours: Tier, days: Tier];

/** Single looks for a day, minutes for a month, hours and days for as long as is set. */
export function historyTiers(historyDays: number): Tiers {
  return [
    { id: 0, width: 1, span: 6 * hour, keep: day },
    { id: 1, width: minute, span: day, keep: Math.min(31, historyDays) * day },
    { id: 2, width: hour, span: 30 * day, keep: historyDays * day },
    { id: 3, width: day, span: 90 * day, keep: historyDays * day },
  ];
}

/** The coarsest tier that shows steps of so many seconds, or the first coarser one that still reaches back to `from`. */
export function tierFor(tiers: Tiers, { from, step, now }: Need): Tier {
  const [looks, , , days] = tiers;
  const finest = tiers.findLast(({ width }) => width <= step) ?? looks;
  return tiers.find(({ width, keep }) => width >= finest.width && from >= now - keep - minute) ?? days;
}

interface Need {
  readonly from: number;
  readonly step: number;
  readonly now: number;
}

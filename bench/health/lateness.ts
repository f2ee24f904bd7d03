import type { Seen } from "./target.ts";

/**
 * How far each interval between two arrivals of a check was from the period, in ms, ascending. Counted are those that
 * ended after `from`; a probe that should have come by now is as late as it is already.
 */
export function lateness({ now, arrivals }: Seen, period: number, from: number): number[] {
  const all: number[] = [];
  for (const times of Object.values(arrivals)) {
    for (const [index, time] of times.entries()) {
      const next = times[index + 1];
      const late = (next ?? now) - time - period;
      if (next === undefined ? late > 0 : next > from) all.push(Math.abs(late));
    }
  }
  return all.sort((a, b) => a - b);
}

/** Of ascending values, the least that is not below the given share of them. */
export function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? Number.NaN;
}

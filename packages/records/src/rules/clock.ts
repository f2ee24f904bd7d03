/**
 * A hybrid logical clock's time: ms since the epoch, shifted left by 16 bits, plus a counter for what happens within one ms
 * (Kulkarni et al., "Logical Physical Clocks", 2014). 64 bits, so that databases compare it as an integer.
 */
export type Stamp = bigint;

const counterBits = 16n;

export function stampOf(ms: number): Stamp {
  return BigInt(Math.max(0, Math.floor(ms))) << counterBits;
}

export function msOfStamp(stamp: Stamp): number {
  return Number(stamp >> counterBits);
}

/** The stamp of a write at `ms`, when the last one seen here was `last`: later than that, whatever the clock on the wall says. */
export function tick(last: Stamp, ms: number): Stamp {
  const wall = stampOf(ms);
  return wall > last ? wall : last + 1n;
}

/** A stamp, moved back where it is more than `bound` ms ahead of `now`. A clock that is wrong wins by that much, and no more. */
export function bounded(stamp: Stamp, now: number, bound: number): Stamp {
  const latest = stampOf(now + bound);
  return stamp > latest ? latest : stamp;
}

/** The newest of some stamps, and of `least`. */
export function newestOf(stamps: Iterable<Stamp>, least: Stamp): Stamp {
  let newest = least;
  for (const stamp of stamps) if (stamp > newest) newest = stamp;
  return newest;
}

/** When and by whom something was written; the server's own writes have no node. */
export interface Written {
  readonly stamp: Stamp;
  readonly node: string | null;
}

/** Whether `a` came after `b`. Equal stamps are ordered by node, so that everybody finds the same. */
export function isLater(a: Written, b: Written): boolean {
  return a.stamp === b.stamp ? (a.node ?? "") > (b.node ?? "") : a.stamp > b.stamp;
}

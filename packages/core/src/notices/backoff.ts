const first = 5_000;
const longest = 10 * 60_000;

/**
 * ms until the next attempt: anything between nothing and twice as much each time, 5 s to 10 min ("full jitter"), so that
 * senders that failed together do not come back together.
 * @param failures how many there were, 1 or more
 * @param random from 0 up to, and without, 1
 */
export function backoff(failures: number, random: () => number): number {
  return Math.round(random() * Math.min(longest, first * 2 ** (failures - 1)));
}

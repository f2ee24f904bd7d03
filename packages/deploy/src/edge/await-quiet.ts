import { setTimeout as sleep } from "node:timers/promises";

/** How often is looked, ms. */
const pause = 50;

/**
 * Wait until nothing is under way, seen twice: what has just passed the edge may not be counted at the first look.
 * @param limit ms @returns how many are left when the time is over; 0 when it got quiet
 */
export async function awaitQuiet(count: () => Promise<number>, limit: number): Promise<number> {
  const deadline = performance.now() + limit;
  for (let quiet = 0; ; ) {
    const left = await count();
    quiet = left === 0 ? quiet + 1 : 0;
    if (quiet === 2) return 0;
    if (performance.now() > deadline) return left;
    await sleep(pause);
  }
}

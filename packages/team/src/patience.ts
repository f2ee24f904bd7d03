import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@understudy/core";
import { NoAnswer } from "@understudy/n8n";
import { PostgresError } from "@understudy/postgres";

/** ms between the first two tries; then twice as long each time. */
const first = 250;
const longest = 8_000;

/** What trying again does not mend: a wrong password, a database that is not there. */
const final = new Set(["28P01", "28000", "3D000", "42501"]);

/**
 * Do what needs a database or n8n, and again while it does not answer.
 * @param limit ms in all, after which the last failure is what is thrown.
 */
export async function patiently<Result>(
  limit: number,
  work: () => Promise<Result>,
  say: (line: string) => void = () => {},
): Promise<Result> {
  const deadline = performance.now() + limit;
  for (let wait = first; ; wait = Math.min(2 * wait, longest)) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || performance.now() + wait > deadline) throw error;
      say(`${messageOf(error)}; trying again in ${wait / 1_000} s`);
      await sleep(wait);
    }
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof PostgresError && !final.has(error.code));
}

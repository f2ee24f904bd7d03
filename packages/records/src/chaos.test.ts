import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bugs } from "./testing/bugs.ts";
import { onceWrong } from "./testing/once-wrong.ts";
import { plans } from "./testing/plan.ts";
import { runPlan } from "./testing/run-plan.ts";
import type { Parts } from "./testing/world.ts";

// CHAOS_FIRST=4711 CHAOS_SEEDS=1 repeats one.
const seeds = Number(process.env.CHAOS_SEEDS ?? 200);
const first = Number(process.env.CHAOS_FIRST ?? 1);
/** A bug that hides for longer than this has not been noticed. */
const patience = 300;

describe("replicas that meet again, whatever happened", () => {
  it(`are equal, and nothing is lost or applied twice: seeds ${first} to ${first + seeds - 1}`, {
    timeout: 7_200_000,
  }, async () => {
    for (let seed = first; seed < first + seeds; seed++) {
      // What fails is made as small as it gets, and printed with its seed and path.
      await fc.assert(
        fc.asyncProperty(plans, (plan) => runPlan(plan)),
        { seed, numRuns: 1, interruptAfterTimeLimit: 60_000 },
      );
    }
  });

  it.for(Object.entries(onceWrong))("do not differ, where %s", ([, plan]) => runPlan(plan));

  it.for(Object.entries(bugs))("would not be, if %s", { timeout: 600_000 }, async ([, parts]) => {
    expect(await firstFailure(parts)).toBeLessThanOrEqual(patience);
  });
});

async function firstFailure(parts: Parts): Promise<number> {
  for (let seed = 1; seed <= patience; seed++) {
    const [plan] = fc.sample(plans, { seed, numRuns: 1 });
    try {
      if (plan) await runPlan(plan, parts);
    } catch {
      return seed;
    }
  }
  return Number.POSITIVE_INFINITY;
}

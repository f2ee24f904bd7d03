import { expect } from "vitest";
import type { answers, PromotionStage } from "./promotion-stage.ts";

type Verb = readonly [string, ...string[]];

/** The journal's steps of a verb that nobody disturbs, as they come. */
export async function stepsOf(stage: PromotionStage, [verb, ...flags]: Verb): Promise<string[]> {
  const before = stage.steps().length;
  await stage.installation.json(verb, ...flags);
  const steps = stage.steps(before);
  expect(steps.at(-1)).toBe("end");
  return [...new Set(steps.slice(0, -1))];
}

export interface Kill {
  readonly verb: Verb;
  /** Of the journal, or of the exchange of data. */
  readonly step: string;
  /** What production serves once it was recovered. */
  readonly serves: (typeof answers)[keyof typeof answers];
}

/**
 * End a verb by `kill -9` as soon as its journal has a step, and recover: production serves one release whole, with
 * everything that was acknowledged before. @returns what the recovery said, for docs/reliability.md
 */
export async function killAndRecover(stage: PromotionStage, { verb, step, serves }: Kill): Promise<string> {
  await stage.note(`before ${verb[0]} ${step}`);
  const acknowledged = await stage.notes();
  await killAt(stage, verb, step);
  const { exitCode, stdout, stderr, took } = await stage.installation.run("recover", "--production");
  expect({ step, exitCode, stderr: exitCode ? stderr : "" }).toEqual({ step, exitCode: 0, stderr: "" });
  expect(stderr, step).toContain(`The last ${verb[0]} was cut off at "`);
  await expect.poll(() => stage.serves().catch(String), { timeout: 15_000 }).toBe(serves);
  expect(await stage.notes(), step).toEqual(acknowledged);
  expect(await stage.leftovers(), step).toEqual([]);
  return `${verb[0]}, ${step}: ${stdout.trim().split("\n").join("; ")} (${(took / 1_000).toFixed(1)} s)`;
}

/** End a verb at a step. A run may be faster than this test sees: then it is tried again. */
export async function killAt(stage: PromotionStage, verb: Verb, step: string): Promise<void> {
  for (let tries = 0; tries < 3; tries++) {
    const before = stage.steps().length;
    const hasCome = () => [...stage.steps(before), stage.exchange(before)].includes(step);
    if (await stage.installation.during(verb, hasCome, (pid) => process.kill(-pid, "SIGKILL"))) return;
  }
  throw new Error(`${verb[0]} is never seen at ${step}`);
}

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SmallStage } from "./small-stage.ts";

/** Moments that get a kill: each that the journal of a good run has, or those that are named. */
export type Moments = "every" | { readonly backup: readonly string[]; readonly restore: readonly string[] };

const phases = ["swapping", "proving", "proven"];

/**
 * Backups and restores that are ended by `kill -9` as soon as a moment has come. Afterwards the stack answers, holds the old data or
 * the new whole, and the same command goes on.
 */
export function killSuite(offset: number, moments: Moments): void {
  describe("a kill -9", () => {
    let stage: SmallStage;
    let id: string;
    const kills: string[] = [];

    beforeAll(async () => {
      stage = await SmallStage.open({ offset });
      await stage.fill("old");
      id = (await stage.installation.json<{ id: string }>("backup", "--staging")).id;
    });
    afterAll(async () => {
      // For docs/reliability.md.
      console.log(kills.join("\n"));
      await stage?.[Symbol.asyncDispose]();
    });

    it("at any step of a backup and its proof changes nothing", async () => {
      const verb = ["backup", "--staging", "--verify", "--wait"] as const;
      for (const moment of moments === "every" ? await momentsOf(stage, verb) : moments.backup) {
        await kill(stage, verb, moment);
        await expect.poll(() => stage.answers().catch(String), { timeout: 15_000 }).toBe(true);
        expect(await stage.content(), moment).toBe("old");
        kills.push(`backup, ${moment}: ${await goesOn(stage, verb, moment)}`);
        expect(await stage.content(), moment).toBe("old");
      }
      expect(await stage.installation.run("backup:check", "--staging", "--read-data")).toMatchObject({ exitCode: 0 });
    });

    it("at any step of a restore leaves the old data or the new, and the same command ends it", async () => {
      const verb = ["backup:restore", id, "--staging", "--yes", "--wait"] as const;
      await stage.fill("new");
      for (const moment of moments === "every" ? [...(await momentsOf(stage, verb)), ...phases] : moments.restore) {
        await stage.fill("new");
        await kill(stage, verb, moment);
        if (!["swap", ...phases].includes(moment)) {
          await expect.poll(() => stage.answers().catch(String), { timeout: 15_000 }).toBe(true);
          expect(await stage.content(), moment).toBe("new");
        }
        kills.push(`restore, ${moment}: ${await goesOn(stage, verb, moment)}`);
        expect(await stage.content(), moment).toBe("old");
      }
    });
  });
}

/** The journal's steps of a run that nobody disturbs, as they come. */
async function momentsOf(stage: SmallStage, [verb, ...flags]: readonly [string, ...string[]]): Promise<string[]> {
  const before = stage.steps().length;
  await stage.installation.json(verb, ...flags);
  const steps = stage.steps(before);
  expect(steps.at(-1)).toBe("end");
  return steps.slice(0, -1);
}

/** A run may be faster than this test sees: then it is tried again. */
async function kill(stage: SmallStage, verb: readonly [string, ...string[]], moment: string): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    const before = stage.steps().length;
    const began = () => stage.steps(before);
    const hasCome = phases.includes(moment)
      ? () => began().includes("swap") && stage.phase() === moment
      : () => began().includes(moment);
    if (await stage.installation.during(verb, hasCome, (pid) => process.kill(-pid, "SIGKILL"))) return;
  }
  throw new Error(`${verb[0]} is never seen at ${moment}`);
}

/** @returns what the next run says of the one that was killed. */
async function goesOn(
  stage: SmallStage,
  [verb, ...flags]: readonly [string, ...string[]],
  moment: string,
): Promise<string> {
  const { exitCode, stderr, took } = await stage.installation.run(verb, ...flags);
  expect({ moment, exitCode, stderr: exitCode ? stderr : "" }).toEqual({ moment, exitCode: 0, stderr: "" });
  const said = /^The last \S+ was cut off at ".*".*$/m.exec(stderr)?.[0] ?? "";
  expect(said, `killed at ${moment}: ${stderr}`).not.toBe("");
  expect(await stage.answers(), moment).toBe(true);
  expect(await stage.leftovers(), moment).toEqual([]);
  return `${said}; ended well after ${(took / 1_000).toFixed(1)} s`;
}

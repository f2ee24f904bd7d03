import { copyFileSync, mkdirSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aCopy, Developer, noCopy } from "./developers.ts";

/** Moments that get a kill: each that there is, or those that are named. */
export type Moments = "every" | { readonly import: readonly string[]; readonly undo: readonly string[] };

/** Where a swap is, by its record. */
const phases = ["swapping", "proving", "proven"];

/** ms after the live data begins to be renamed: what was renamed by then, nobody knows. */
const within = [10, 50, 150, 400, 1_000].map((ms) => `swapping + ${ms}`);

async function end(pid: number, later: number): Promise<void> {
  await sleep(later);
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Imports, and ways back, that are ended by `kill -9` as soon as a moment has come: a step that the journal of a good run has, a phase of
 * the swap, or some time within it. Afterwards the data that the swap's record says is there whole, and so is what is known of it;
 * `recover` brings it to an end, and the import works.
 */
export function killSuite(offset: number, moments: Moments): void {
  describe("a kill -9", () => {
    let ann: Developer;
    let bob: Developer;
    let archive: string;

    beforeAll(async () => {
      ann = await Developer.open(offset);
      bob = await Developer.open(offset + 200);
      await ann.shareKeyWith(bob);
      await ann.stage.fill("new");
      ann.facts = aCopy;
      const made = (await ann.export()).archive;
      mkdirSync(bob.file("team-sync-exports"));
      archive = bob.file(`team-sync-exports/${basename(made)}`);
      copyFileSync(made, archive);
    });
    afterAll(async () => {
      await bob?.[Symbol.asyncDispose]();
      await ann?.[Symbol.asyncDispose]();
    });

    /** Bob has data of his own. */
    const old = async () => {
      await bob.stage.fill("old");
      bob.facts = noCopy;
    };

    /** The journal's steps of a run that nobody disturbs, as they come. */
    const momentsOf = async (verb: string, ...flags: string[]) => {
      const before = bob.stage.steps().length;
      await bob.stage.installation.json(verb, ...flags);
      const steps = bob.stage.steps(before).slice(0, -1);
      expect(steps).toEqual(expect.arrayContaining(["recover", "swap", "keep"]));
      return [...steps, ...phases, ...within];
    };

    /** A run may be faster than this test sees: then it is tried again. @returns whether its swap was proven by then */
    const kill = async (moment: string, verb: readonly [string, ...string[]], prepare: () => Promise<unknown>) => {
      const [, phase = moment, later] = /^(\w+) \+ (\d+)$/.exec(moment) ?? [];
      for (let tries = 0; tries < 5; tries++) {
        await prepare();
        const before = bob.stage.steps().length;
        const swaps = () => bob.stage.steps(before).includes("swap");
        const hasCome = () =>
          phases.includes(phase) ? swaps() && bob.phase() === phase : bob.stage.steps(before).includes(moment);
        const run = await bob.stage.installation.during(verb, hasCome, (pid) => end(pid, Number(later ?? 0)));
        // One that was over by then was not killed, and is judged all the same.
        if (run?.exitCode !== null && !(run && later)) continue;
        // Until the swap begins, the record is that of the run before.
        return swaps() && ["proven", "ended"].includes(bob.phase() ?? "");
      }
      throw new Error(`${verb[0]} is never seen at ${moment}`);
    };

    /** Recover, and look. @returns whose data is there */
    const settled = async (moment: string) => {
      const { exitCode, stderr } = await bob.run("recover", "--staging", "--wait");
      expect({ moment, exitCode, stderr: exitCode ? stderr : "" }).toEqual({ moment, exitCode: 0, stderr: "" });
      await expect.poll(() => bob.stage.answers().catch(String), { timeout: 15_000 }).toBe(true);
      expect(await bob.stage.leftovers(), moment).toEqual([]);
      const content = await bob.stage.content();
      expect(bob.facts.copy === null ? "old" : "new", `${moment}: what is known of the data`).toBe(content);
      return content;
    };

    it("at any step of an import leaves the old data or the new, and the next import works", async () => {
      const verb = ["team:import", archive, "--yes", "--wait"] as const;
      await old();
      for (const moment of moments === "every" ? await momentsOf(...verb) : moments.import) {
        const proven = await kill(moment, verb, old);
        expect(await settled(moment), moment).toBe(proven ? "new" : "old");
        if (proven) {
          expect(await bob.run("team:undo", "--yes", "--wait"), moment).toMatchObject({ exitCode: 0 });
          expect(await settled(moment), moment).toBe("old");
        }
        await bob.import(archive, "--wait");
        expect(await settled(moment), moment).toBe("new");
      }
    });

    it("at any step of a way back leaves either, and loses neither", async () => {
      const verb = ["team:undo", "--yes", "--wait"] as const;
      const imported = async () => {
        await old();
        await bob.import(archive, "--wait");
      };
      if (moments === "every") await imported();
      for (const moment of moments === "every" ? await momentsOf(...verb) : moments.undo) {
        const proven = await kill(moment, verb, imported);
        expect(await settled(moment), moment).toBe(proven ? "old" : "new");
        expect(await bob.run("team:undo", "--yes", "--wait"), moment).toMatchObject({ exitCode: 0 });
        expect(await settled(moment), moment).toBe(proven ? "new" : "old");
      }
    });

    it("of an import needs no recover: the next one brings it to an end itself", async () => {
      const verb = ["team:import", archive, "--yes", "--wait"] as const;
      await kill("proving", verb, old);
      await bob.import(archive, "--wait");
      expect(await settled("proving, and import again")).toBe("new");
    });
  });
}

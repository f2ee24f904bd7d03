import { copyFileSync, mkdirSync } from "node:fs";
import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Developer } from "./developers.ts";

const phases = ["swapping", "proving", "proven"];

/**
 * Imports, and ways back, that are ended by `kill -9` as soon as a moment has come, of all those that the journal of a good run has and
 * that `choose` takes. Afterwards the old data or the new is there whole, `recover` brings it to an end, and the import works.
 */
export function killSuite(offset: number, choose: (moments: readonly string[]) => readonly string[]): void {
  describe("a kill -9", () => {
    let ann: Developer;
    let bob: Developer;
    let archive: string;

    beforeAll(async () => {
      ann = await Developer.open(offset);
      bob = await Developer.open(offset + 200);
      await ann.shareKeyWith(bob);
      await ann.stage.fill("new");
      const made = (await ann.export()).archive;
      mkdirSync(bob.file("team-sync-exports"));
      archive = bob.file(`team-sync-exports/${basename(made)}`);
      copyFileSync(made, archive);
    });
    afterAll(async () => {
      await bob?.[Symbol.asyncDispose]();
      await ann?.[Symbol.asyncDispose]();
    });

    /** The journal's steps of a run that nobody disturbs, as they come. */
    const momentsOf = async (verb: string, ...flags: string[]) => {
      const before = bob.stage.steps().length;
      await bob.stage.installation.json(verb, ...flags);
      return [...bob.stage.steps(before).slice(0, -1), ...phases];
    };

    /** A run may be faster than this test sees: then it is tried again. */
    const kill = async (moment: string, verb: readonly [string, ...string[]], prepare: () => Promise<unknown>) => {
      for (let tries = 0; tries < 5; tries++) {
        await prepare();
        const before = bob.stage.steps().length;
        const hasCome = () => {
          const steps = bob.stage.steps(before);
          return phases.includes(moment) ? steps.includes("swap") && bob.phase() === moment : steps.includes(moment);
        };
        if (await bob.stage.installation.during(verb, hasCome, (pid) => process.kill(-pid, "SIGKILL"))) return;
      }
      throw new Error(`${verb[0]} is never seen at ${moment}`);
    };

    /** Recover, and look. @returns whose data is there */
    const settled = async (moment: string) => {
      const { exitCode, stderr } = await bob.run("recover", "--staging", "--wait");
      expect({ moment, exitCode, stderr: exitCode ? stderr : "" }).toEqual({ moment, exitCode: 0, stderr: "" });
      await expect.poll(() => bob.stage.answers().catch(String), { timeout: 15_000 }).toBe(true);
      expect(await bob.stage.leftovers(), moment).toEqual([]);
      return await bob.stage.content();
    };

    it("at any step of an import leaves the old data or the new, and the next import works", async () => {
      const verb = ["team:import", archive, "--yes", "--wait"] as const;
      await bob.stage.fill("old");
      for (const moment of choose(await momentsOf(...verb))) {
        await kill(moment, verb, () => bob.stage.fill("old"));
        const late = ["proven", "keep"].includes(moment);
        expect(await settled(moment), moment).toBe(late ? "new" : "old");
        await bob.import(archive, "--wait");
        expect(await bob.stage.content(), moment).toBe("new");
      }
    });

    it("at any step of a way back leaves either, and loses neither", async () => {
      const verb = ["team:undo", "--yes", "--wait"] as const;
      const imported = async () => {
        await bob.stage.fill("old");
        await bob.import(archive, "--wait");
      };
      await imported();
      for (const moment of choose(await momentsOf(...verb))) {
        await kill(moment, verb, imported);
        const here = await settled(moment);
        expect(await bob.run("team:undo", "--yes", "--wait"), moment).toMatchObject({ exitCode: 0 });
        expect(await bob.stage.content(), moment).toBe(here === "old" ? "new" : "old");
      }
    });
  });
}

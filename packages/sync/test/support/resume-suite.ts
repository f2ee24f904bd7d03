import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finished, type VerbResult } from "../../../deploy/test/support/installation.ts";
import { appPolicy } from "./copy-policy.ts";
import { killDuringCopy, phases } from "./kill-copy.ts";
import { footprint } from "./production-footprint.ts";
import { backToOld, digestOf, fillSmallStage, leftovers, openSmallStage, served } from "./small-stage.ts";
import type { Stage } from "./stage.ts";

export interface Campaign {
  readonly kills: number;
  /** Which random moments. */
  readonly seed: number;
  readonly customers: number;
}

const offsets = { staging: 24_300, production: 24_400 };

/** Copies that are killed at random moments, each then resumed: the result is that of one that was left in peace. */
export function resumeSuite({ kills, seed, customers }: Campaign): void {
  describe(`a copy that is killed (seed ${seed})`, () => {
    let stage: Stage;
    let before: string;
    let peaceful: { digest: string; took: number };
    const moments: string[] = [];

    beforeAll(async () => {
      stage = await openSmallStage(offsets);
      await fillSmallStage(stage, customers);
      stage.installation.write("sanitize.yml", appPolicy);
      before = await footprint(stage);
    });
    afterAll(async () => {
      // For docs/reliability.md.
      console.log(moments.join("\n"));
      await stage?.[Symbol.asyncDispose]();
    });

    const copy = (...flags: string[]) =>
      stage.installation.run("sync:production", "--only", "postgres", "--yes", ...flags);

    it("in peace is swapped in, and a second one at the same time is refused", async () => {
      const first = finished(stage.installation.start("sync:production", "--only", "postgres", "--yes", "--json"));
      const over = first.then(({ stderr }) => expect.unreachable(stderr));
      await Promise.race([expect.poll(() => phases(stage).at(-1), { timeout: 60_000 }).toBe("copying"), over]);
      expect(await copy()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("locked") });
      const { exitCode, stdout, stderr, took } = await first;
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(stdout)).toMatchObject({ verified: true, swapped: true, leaks: 0 });
      expect(await served(stage)).toBe("new");
      peaceful = { digest: await digestOf(stage), took };
    });

    it.each(Array.from({ length: kills }, (_, round) => round))(
      "kill %i, then --resume: the same digests",
      async (round) => {
        await backToOld(stage);
        const { at, early } = await killDuringCopy(stage, {
          seed: seed + round,
          took: peaceful.took,
          inSwap: round % 3 === 1,
        });
        moments.push(`kill ${round}: ${at}`);
        expect(early, `killed ${at}`).toEqual([]);
        const resumed = await copy("--resume", "--json");
        // Killed before it began anything.
        const { exitCode, stderr, stdout } = nothingBegun(resumed) ? await copy("--json") : resumed;
        expect({ at, exitCode, stderr: exitCode ? stderr + stdout : "" }).toEqual({ at, exitCode: 0, stderr: "" });
        expect(await digestOf(stage), `killed ${at}`).toBe(peaceful.digest);
        expect(await leftovers(stage)).toBe("");
        expect(await stage.exec("staging", "web", ["echo", "runs"])).toBe("runs\n");
        expect(await footprint(stage)).toBe(before);
      },
    );

    it("killed when it was proven, and only the old data was left to go: --resume clears that away", async () => {
      const { installation } = stage;
      const id = readdirSync(join(installation.root, "staging-data")).sort().at(-1);
      const file = `staging-data/${id}/state.json`;
      installation.write(file, installation.read(file).replace('"phase": "ended"', '"phase": "proven"'));
      const swap = { what: `The copy ${id}`, finish: "pnpm sync:production --resume", at: "2026-11-21" };
      installation.write(".understudy/facts/staging/swap.json", JSON.stringify(swap));
      await stage.sql("staging", "postgres", "CREATE DATABASE app_outgoing");
      expect(await installation.run("deploy:staging", "--env", "laptop", "--refresh")).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(
          /was cut off while its data was swapped in\. Finish it: pnpm sync:production --resume/,
        ),
      });
      const { exitCode, stdout } = await copy("--resume", "--json");
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ id, verified: true, swapped: true });
      expect(await leftovers(stage)).toBe("");
      expect(await digestOf(stage)).toBe(peaceful.digest);
      expect(await installation.run("deploy:staging", "--env", "laptop")).toMatchObject({ exitCode: 0 });
    });
  });
}

function nothingBegun({ exitCode, stderr }: VerbResult): boolean {
  return exitCode === 1 && /No copy to staging was cut off/.test(stderr);
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLoad } from "./edge-load.ts";
import { finished, type VerbResult } from "./installation.ts";
import { answers, PromotionStage } from "./promotion-stage.ts";

/** How a release may go wrong in production that was well in staging. */
export type Failure = "never gets healthy" | "does not start" | "fails some time later" | "answers with errors";

export interface FailureSuiteOptions {
  /** Default: on this machine's engine. */
  readonly open?: () => Promise<PromotionStage>;
  /** Adds tests of its own on the same stage. */
  readonly more?: (stage: () => PromotionStage) => void;
}

/** Releases that fail so, each promoted. */
export function failureSuite(
  failures: readonly Failure[],
  { open = () => PromotionStage.open(), more }: FailureSuiteOptions = {},
): void {
  describe("a release that was well in staging", () => {
    let stage: PromotionStage;
    let environment: string;

    beforeAll(async () => {
      stage = await open();
      await stage.prove();
      environment = stage.installation.read(".env.production");
    });
    afterAll(() => stage?.[Symbol.asyncDispose]());

    it.each(failures)("and %s in production gives way to the one before", async (failure) => {
      await gaveWay(...(await promoteTo(failure)));
    });

    more?.(() => stage);

    /** @returns how it ended, and the reason that it has to give */
    async function promoteTo(failure: Failure): Promise<[VerbResult, why: RegExp]> {
      switch (failure) {
        case "never gets healthy":
          return [await promoteWith("MISBEHAVE=unhealthy"), /(app|page)(-bridge)? is not healthy/];
        case "does not start":
          return [await promoteWith("PROGRAM=/nowhere"), /exec: .*\/nowhere/];
        case "fails some time later": {
          const before = stage.steps().length;
          const run = finished(stage.installation.start("promote", "--yes"));
          await expect.poll(() => stage.steps(before), { timeout: 180_000 }).toContain("settle");
          await fetch(new URL("break", stage.url("app")));
          return [await run, /production is not healthy: .*app/];
        }
        case "answers with errors": {
          const load = startLoad(new URL("orders", stage.url("app")));
          const result = await promoteWith("MISBEHAVE=errors");
          await load.stop();
          return [result, /\d+ of \d+ requests failed at the edge/];
        }
      }
    }

    async function promoteWith(variable: string): Promise<VerbResult> {
      stage.installation.write(".env.production", `${environment}${variable}\n`);
      const result = await stage.installation.run("promote", "--yes");
      stage.installation.write(".env.production", environment);
      return result;
    }

    /** Production serves the first release whole, and everybody was told why. */
    async function gaveWay({ exitCode, stderr }: VerbResult, why: RegExp): Promise<void> {
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(why) });
      expect(stderr).toMatch(/^error: Release r-\S+ is not well: .* production runs release r-\S+ again/m);
      expect(await stage.serves()).toBe(answers.first);
      expect(await stage.leftovers()).toEqual([]);
      // A machine that tests are run on may be degraded: 3.
      const { exitCode: health, stdout } = await stage.installation.run("health:check", "--production");
      expect([0, 3], stdout).toContain(health);
      const folder = join(stage.installation.root, "logs/production");
      const logs = readdirSync(folder).filter((name) => name.startsWith("promote-"));
      const told = logs.map((name) => stage.installation.read(join("logs/production", name))).join("");
      expect(told).toContain("the new release is not well: going back");
      expect(told).toMatch(why);
    }
  });
}

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Pair, startPair } from "../../../data/test/support/pair.ts";
import { copyAndProve } from "./random-schemas/copy-and-prove.ts";
import { Dice } from "./random-schemas/dice.ts";
import { randomModel } from "./random-schemas/tables.ts";

/** Databases of random schemas, rows and policies through the whole copy: planned or refused, copied, compared, searched for leaks. */
export function randomSchemasSuite({ runs, seed }: { readonly runs: number; readonly seed: number }): void {
  describe(`${runs} random schemas (seed ${seed})`, () => {
    let pair: Pair;

    beforeAll(async () => {
      pair = await startPair();
    });
    afterAll(async () => pair?.[Symbol.asyncDispose]());

    it("are copied and proven, or refused before anything is copied", async () => {
      const refusals: string[] = [];
      const property = fc.asyncProperty(fc.gen(), async (value) => {
        const refusal = await copyAndProve(randomModel(new Dice(value)), pair);
        if (refusal) refusals.push(refusal);
      });
      await fc.assert(property, { numRuns: runs, seed, endOnFailure: true });
      expect(refusals.length, refusals.join("\n")).toBeLessThanOrEqual(runs / 3);
    });
  });
}

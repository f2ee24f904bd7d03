import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { inParallel } from "./in-parallel.ts";

it("does all, never more at once than it may, and gives results in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), async (items, atOnce) => {
      let running = 0;
      const results = await inParallel(items, atOnce, async (turns) => {
        running++;
        expect(running).toBeLessThanOrEqual(atOnce);
        for (let at = 0; at < turns; at++) await turn();
        running--;
        return turns * 2;
      });
      expect(results).toEqual(items.map((item) => item * 2));
    }),
  );
});

it("begins nothing further after a failure, and waits for what is under way", async () => {
  const begun: number[] = [];
  let ended = 0;
  const work = async (item: number) => {
    begun.push(item);
    await turn();
    if (item === 0) throw new Error("broken");
    await turn();
    ended++;
  };
  await expect(inParallel([0, 1, 2, 3, 4, 5], 2, work)).rejects.toThrow("broken");
  expect(begun.length).toBeLessThan(6);
  expect(ended).toBe(begun.length - 1);
});

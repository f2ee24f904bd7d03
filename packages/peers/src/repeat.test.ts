import { expect, it } from "vitest";
import { repeat } from "./repeat.ts";

it("goes on after what throws and what rejects, and tells of both", async () => {
  const told: unknown[] = [];
  let turns = 0;
  const work = () => {
    turns++;
    if (turns === 1) throw new Error("at once");
    if (turns === 2) return Promise.reject(new Error("later"));
    return undefined;
  };
  const timer = repeat(5, work, (error) => told.push(error));
  await expect.poll(() => turns).toBeGreaterThan(3);
  clearInterval(timer);
  expect(told).toEqual([new Error("at once"), new Error("later")]);
});

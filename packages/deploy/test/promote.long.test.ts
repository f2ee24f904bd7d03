import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { killAndRecover, killAt, stepsOf } from "./support/promotion-kills.ts";
import { answers, PromotionStage } from "./support/promotion-stage.ts";

// Two kills of these are in promote-failures.test.ts.

describe("a kill -9", () => {
  let stage: PromotionStage;
  const said: string[] = [];
  const promote = ["promote", "--yes"] as const;
  const newest = async () => (await stage.installation.json<{ tag: string }[]>("rollback", "--list"))[0]?.tag ?? "";

  beforeAll(async () => {
    stage = await PromotionStage.open();
    await stage.prove();
  });
  afterAll(async () => {
    // For docs/reliability.md.
    console.log(said.join("\n"));
    await stage?.[Symbol.asyncDispose]();
  });

  it("at any step of a promotion leaves one release whole, and the next command goes on", async () => {
    const steps = await stepsOf(stage, promote);
    await stage.installation.json("rollback", "--tag", await newest(), "--emergency");
    for (const step of steps) {
      said.push(await killAndRecover(stage, { verb: promote, step, serves: answers.first }));
    }
    await stage.installation.json(...promote);
    expect(await stage.serves()).toBe(answers.second);
  });

  it.each([
    ["code", [], []],
    ["data too", ["--with-data"], ["data swapping", "data proving"]],
  ])("at any step of a rollback (%s) leaves one release whole with its data", async (_, flags, phases) => {
    const tag = await newest();
    const verb = ["rollback", "--tag", tag, "--yes", ...flags] as const;
    const steps = [...(await stepsOf(stage, verb)), ...phases];
    expect(await stage.serves()).toBe(answers.first);
    await stage.installation.json(...promote);
    for (const step of steps) {
      said.push(await killAndRecover(stage, { verb, step, serves: answers.second }));
    }
    await stage.installation.json(...verb);
    expect(await stage.serves()).toBe(answers.first);
    await stage.installation.json(...promote);
  });

  it("after the data of a rollback was proven leaves it and its release, and what it replaced goes", async () => {
    await stage.note("lost");
    await killAt(stage, ["rollback", "--tag", await newest(), "--yes", "--with-data"], "data proven");
    const { recovered } = await stage.installation.json<{ recovered: string[] }>("recover", "--production");
    said.push(`rollback, data proven: ${recovered.join("; ")}`);
    expect(recovered).toEqual(["data that was swapped and proven: what it replaced is removed"]);
    expect(await stage.serves()).toBe(answers.first);
    expect(await stage.notes()).not.toContain("lost");
    expect(await stage.leftovers()).toEqual([]);
    await stage.installation.json(...promote);
    expect(await stage.serves()).toBe(answers.second);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answers, PromotionStage } from "./support/promotion-stage.ts";

describe("a production that does not stand yet", () => {
  let stage: PromotionStage;

  beforeAll(async () => {
    stage = await PromotionStage.prepare((prepared) => prepared.deploySecondRelease());
    await stage.installation.json("promote", "--check");
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it("goes on after its first promotion was cut off, and has no way back yet", async () => {
    const { installation } = stage;
    const killed = await installation.during(
      ["promote", "--yes"],
      () => stage.steps().includes("apply"),
      (pid) => process.kill(-pid, "SIGKILL"),
    );
    expect(killed).toBeDefined();
    await installation.json("recover", "--production");
    const report = await installation.json<{ tag: null; backup: null }>("promote", "--yes");
    expect(report).toMatchObject({ tag: null, backup: null });
    expect(await stage.serves()).toBe(answers.second);
    expect(await stage.images("production")).toEqual(await stage.images("staging"));
    expect(await installation.json("rollback", "--list")).toEqual([]);
    const { exitCode, stderr } = await installation.run("rollback", "--emergency");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^error: .*no good rollback point/m),
    });
  });
});

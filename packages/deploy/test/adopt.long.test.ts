import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ComposeProduction } from "./support/compose-production.ts";
import { answers, PromotionStage } from "./support/promotion-stage.ts";
import { edit } from "./support/tiny-stack.ts";

// How it is adopted: adopt.test.ts.
describe("a production that was adopted", () => {
  let stage: PromotionStage;
  let shop: ComposeProduction;
  let running: Record<string, string>;

  beforeAll(async () => {
    const install = async (prepared: PromotionStage) => {
      shop = new ComposeProduction(prepared);
      await shop.start();
    };
    stage = await PromotionStage.prepare(install, { production: "shop" });
    await vi.waitFor(async () => expect(await stage.serves()).toBe(answers.first), { timeout: 20_000, interval: 250 });
    edit(stage.installation, "understudy.yml", "production: { kind", `production: { stack: ${shop.project}, kind`);
    stage.commit("stack");
    await stage.installation.json("adopt", "--production", "--yes");
    running = await shop.running();
  });
  afterAll(async () => {
    shop?.[Symbol.dispose]();
    await stage?.[Symbol.asyncDispose]();
  });

  it("is promoted to, and goes back to what was adopted", async () => {
    const { installation } = stage;
    await stage.note("before");
    await stage.deploySecondRelease();
    await stage.prove();
    const { tag } = await installation.json<{ tag: string }>("promote", "--yes");
    expect(await stage.serves()).toBe(answers.second);
    const promoted = await stage.containers();
    expect(
      Object.entries(promoted)
        .filter(([service, id]) => running[service]?.startsWith(id))
        .map(([service]) => service)
        .sort(),
    ).toEqual(["haproxy", "postgres"]);
    await installation.json("rollback", "--tag", tag, "--yes");
    expect(await stage.serves()).toBe(answers.first);
    expect(await stage.notes()).toContain("before");
  });
});

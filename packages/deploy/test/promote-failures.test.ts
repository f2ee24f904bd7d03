import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLoad } from "./support/edge-load.ts";
import { finished, type VerbResult } from "./support/installation.ts";
import { killAndRecover } from "./support/promotion-kills.ts";
import { answers, PromotionStage } from "./support/promotion-stage.ts";

describe("a release that was well in staging", () => {
  let stage: PromotionStage;
  let environment: string;

  beforeAll(async () => {
    stage = await PromotionStage.open();
    await stage.prove();
    environment = stage.installation.read(".env.production");
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it.each([
    ["never gets healthy", "MISBEHAVE=unhealthy\n", /(app|page)(-bridge)? is not healthy/],
    ["does not start", "PROGRAM=/nowhere\n", /exec: .*\/nowhere/],
  ])("and %s in production gives way to the one before", async (_, variable, why) => {
    stage.installation.write(".env.production", `${environment}${variable}`);
    const result = await stage.installation.run("promote", "--yes");
    stage.installation.write(".env.production", environment);
    await gaveWay(result, why);
  });

  it("and fails in production some time later gives way to the one before", async () => {
    const before = stage.steps().length;
    const run = finished(stage.installation.start("promote", "--yes"));
    await expect.poll(() => stage.steps(before), { timeout: 180_000 }).toContain("settle");
    await fetch(new URL("break", stage.url("app")));
    await gaveWay(await run, /production is not healthy: .*app/);
  });

  it("and answers with errors in production gives way to the one before", async () => {
    stage.installation.write(".env.production", `${environment}MISBEHAVE=errors\n`);
    const load = startLoad(new URL("orders", stage.url("app")));
    const result = await stage.installation.run("promote", "--yes");
    await load.stop();
    stage.installation.write(".env.production", environment);
    await gaveWay(result, /\d+ of \d+ requests failed at the edge/);
  });

  it("and is killed on its way (a sample; every step is in test:long) is taken back by recover", async () => {
    await killAndRecover(stage, { verb: ["promote", "--yes"], step: "apply", serves: answers.first });
    const [point] = await stage.installation.json<{ tag: string }[]>("rollback", "--list");
    const verb = ["rollback", "--tag", point?.tag ?? "", "--with-data", "--yes"] as const;
    await killAndRecover(stage, { verb, step: "swap", serves: answers.first });
  });

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

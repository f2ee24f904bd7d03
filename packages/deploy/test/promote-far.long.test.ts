import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finished } from "./support/installation.ts";
import { farAway } from "./support/promotion-place.ts";
import { answers, PromotionStage } from "./support/promotion-stage.ts";
import { type RemoteHost, startRemoteHost } from "./support/remote-host.ts";

describe("a production on another host", () => {
  let host: RemoteHost;
  let stage: PromotionStage;

  beforeAll(async () => {
    host = await startRemoteHost();
    stage = await PromotionStage.open(farAway(host));
    await stage.note("before");
    await stage.prove();
  });
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
  });

  it("whose engine is restarted in the middle of a promotion runs the release of before, with its data", async () => {
    const before = stage.steps().length;
    const run = finished(stage.installation.start("promote", "--yes"));
    await expect.poll(() => stage.steps(before), { timeout: 300_000, interval: 20 }).toContain("apply");
    await host.restartEngine("SIGTERM");
    const { exitCode, stderr } = await run;
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(/^error: /m) });
    expect(stderr).not.toMatch(/^bug:/m);
    await stage.installation.json("recover", "--production");
    expect(await stage.serves()).toBe(answers.first);
    expect(await stage.notes()).toEqual(["before"]);
    expect(await stage.leftovers()).toEqual([]);
  });

  it("gets the very images that staging proved, and the way back", async () => {
    const { tag } = await stage.installation.json<{ tag: string }>("promote", "--yes");
    expect(await stage.serves()).toBe(answers.second);
    expect(await stage.images("production")).toEqual(await stage.images("staging"));
    await stage.note("after");
    await stage.installation.json("rollback", "--tag", tag, "--with-data", "--yes");
    expect(await stage.serves()).toBe(answers.first);
    expect(await stage.notes()).toEqual(["before"]);
  });
});

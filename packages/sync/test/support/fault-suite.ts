import { setTimeout as sleep } from "node:timers/promises";
import { networkName } from "@understudy/environment";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { finished, type VerbResult } from "../../../deploy/test/support/installation.ts";
import { appPolicy } from "./copy-policy.ts";
import { footprint } from "./production-footprint.ts";
import { backToOld, digestOf, fillSmallStage, openSmallStage, served } from "./small-stage.ts";
import type { Stage } from "./stage.ts";

const offsets = { staging: 24_100, production: 24_200 };
/** Enough that a copy is still on when a fault comes: about 50 MB. */
const customers = 30_000;

/** What production and its network suffer in the middle of a copy: it ends in plain words, staging serves on, and `--resume` goes on. */
export function faultSuite(): void {
  describe("a copy whose production fails in the middle of its rows", () => {
    let stage: Stage;
    let before: string;

    beforeAll(async () => {
      stage = await openSmallStage(offsets);
      await fillSmallStage(stage, customers);
      stage.installation.write("sanitize.yml", appPolicy);
      before = await footprint(stage);
    });
    beforeEach(async () => {
      if ((await served(stage)) === "new") await backToOld(stage);
    });
    afterAll(async () => stage?.[Symbol.asyncDispose]());

    const postgres = () => stage.engine.docker.getContainer(stage.container("production", "postgres"));
    const copying = async (fault: () => Promise<unknown>): Promise<VerbResult> => {
      const end = finished(stage.installation.start("sync:production", "--only", "postgres", "--yes"));
      await Promise.race([streaming(stage), end]);
      await fault();
      return await end;
    };
    const resumes = async () => {
      expect(await served(stage)).toBe("old");
      await ready(stage);
      const report = await stage.installation.json("sync:production", "--only", "postgres", "--yes", "--resume");
      expect(report).toMatchObject({ verified: true, swapped: true, leaks: 0 });
      expect(await served(stage)).toBe("new");
      expect(await footprint(stage)).toBe(before);
      return await digestOf(stage);
    };

    it("killed, and the network cut: the same copy in the end", async () => {
      const killed = await copying(() => postgres().kill());
      expect(killed).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/production's Postgres at .* closed the connection/),
      });
      expect(killed.stderr).not.toMatch(/^\s+at /m);
      await postgres().start();
      const first = await resumes();

      await backToOld(stage);
      const network = stage.engine.docker.getNetwork(
        networkName(`${stage.installation.project}-production`, "internal"),
      );
      const Container = stage.container("production", "postgres");
      const cut = await copying(() => network.disconnect({ Container, Force: true }));
      await network.connect({ Container, EndpointConfig: { Aliases: ["postgres"] } });
      expect(cut).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/production's Postgres at .* does not answer/),
      });
      expect(cut.stderr).not.toMatch(/^\s+at /m);
      // A person waits for no more.
      expect(cut.took).toBeLessThan(120_000);
      expect(await resumes()).toBe(first);
    });
  });
}

/** Wait until rows are on their way. */
async function streaming(stage: Stage): Promise<void> {
  const query = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query ~ '^COPY'";
  while ((await stage.sql("production", "app", query)) === "0") await sleep(20);
}

async function ready(stage: Stage): Promise<void> {
  await expect.poll(() => stage.sql("production", "app", "SELECT 1").catch(String), { timeout: 60_000 }).toBe("1");
}

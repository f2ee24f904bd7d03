import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createInstallation, type TestInstallation } from "./support/installation.ts";
import { killAt } from "./support/promotion-kills.ts";
import { answers, PromotionStage } from "./support/promotion-stage.ts";

it("lets another operator end a promotion that was killed, and go back from one that ended", async () => {
  using opened = new DisposableStack();
  const state = mkdtempSync(join(tmpdir(), "understudy-state-"));
  opened.defer(() => rmSync(state, { recursive: true }));
  await using stage = await PromotionStage.prepare(async (stage) => {
    const { installation } = stage;
    installation.write(
      "understudy.yml",
      `${installation.read("understudy.yml")}state: { backend: "file://${state}" }\n`,
    );
    stage.commit("shared");
    await installation.json("deploy:production", "--env", "laptop");
    await stage.deploySecondRelease();
  });
  const ada = stage.installation;
  await stage.prove();
  await stage.note("before the promotion");
  const before = await ada.json<{ release: string }>("status", "--production");

  await using bob = createInstallation("");
  handOver(ada, bob);
  await killAt(stage, ["promote", "--yes"], "apply");
  const recovered = await bob.run("recover", "--production");
  expect(recovered.exitCode, recovered.stderr).toBe(0);
  expect(recovered.stderr).toMatch(new RegExp(`The last promote by .*:${ada.root}\\) was cut off at "`));
  await expect.poll(() => stage.serves().catch(String), { timeout: 15_000 }).toBe(answers.first);
  expect(await stage.notes()).toEqual(["before the promotion"]);
  expect(await stage.leftovers()).toEqual([]);

  // It is over for the one who began it, who has not been there meanwhile.
  expect(await ada.json("status", "--production")).toMatchObject({ release: before.release });
  expect(await ada.json("recover", "--production")).toMatchObject({ recovered: [] });
  const promoted = await ada.json<{ release: string; tag: string }>("promote", "--yes");
  expect(await stage.serves()).toBe(answers.second);

  // With the keys that were handed over and the tags that were fetched, the way back is everybody's.
  handOver(ada, bob);
  expect(await bob.json("status", "--production")).toMatchObject({ release: promoted.release });
  expect(await bob.json("deploy:production", "--refresh")).toMatchObject({
    release: promoted.release,
    changes: { create: 0, update: 0, delete: 0, replace: 0 },
  });
  expect(await bob.json("rollback", "--tag", promoted.tag, "--yes")).toMatchObject({ release: before.release });
  expect(await stage.serves()).toBe(answers.first);
  expect(await ada.json("status", "--production")).toMatchObject({ release: before.release });
});

/** What is committed and tagged, and what goes from hand to hand, as far as it was made yet. */
function handOver(ada: TestInstallation, bob: TestInstallation): void {
  const git = (...args: string[]) => execFileSync("git", ["-C", bob.root, ...args], { stdio: "pipe" });
  git("init", "--quiet");
  git("fetch", "--quiet", "--tags", ada.root, "HEAD");
  git("reset", "--quiet", "--hard", "FETCH_HEAD");
  bob.write(".understudy/.keep", "");
  const files = [".env.staging", ".env.production", ".understudy/receipt.key", ".understudy/backup.key"];
  for (const file of files.filter((one) => existsSync(join(ada.root, one))))
    copyFileSync(join(ada.root, file), join(bob.root, file));
}

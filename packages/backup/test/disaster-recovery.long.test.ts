import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectEngine } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstallation, removeProject, type TestInstallation } from "../../deploy/test/support/installation.ts";
import { hostSettings, type RemoteHost, startRemoteHost } from "../../deploy/test/support/remote-host.ts";
import { SmallStage } from "./support/small-stage.ts";

// docs/disaster-recovery.md, as it says: what is left of a machine is its repository, and the key that somebody kept.
describe("a machine that is lost", () => {
  let kept: string;
  let lost: SmallStage;
  let host: RemoteHost;
  let fresh: TestInstallation;
  let id: string;

  beforeAll(async () => {
    kept = mkdtempSync(join(tmpdir(), "understudy-kept-"));
    lost = await SmallStage.open({ offset: 23_500, kind: "production", repository: join(kept, "repository") });
    await lost.fill("old");
    host = await startRemoteHost();
  });
  afterAll(async () => {
    await lost?.[Symbol.asyncDispose]();
    await fresh?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
    rmSync(kept, { recursive: true });
  });

  it("was backed up, and is gone", async () => {
    const { installation, engine } = lost;
    const report = await installation.json<{ id: string; verified: boolean }>("backup", "--verify");
    expect(report.verified).toBe(true);
    ({ id } = report);
    cpSync(join(installation.root, ".understudy/backup.key"), join(kept, "backup.key"));
    cpSync(join(installation.root, "compose"), join(kept, "clone/compose"), { recursive: true });
    await removeProject(engine, installation.project);
  });

  it("comes back on another one, from the repository and its key alone", async () => {
    const { project } = lost.installation;
    fresh = createInstallation("");
    cpSync(join(kept, "clone"), fresh.root, { recursive: true });
    mkdirSync(join(fresh.root, ".understudy"));
    cpSync(join(kept, "backup.key"), join(fresh.root, ".understudy/backup.key"));
    const settings = `project: ${project}\nenvironments:\n  production:\n    kind: production\n    profile: laptop\n    bind: 127.0.0.1\n`;
    fresh.write(
      "understudy.yml",
      `${settings}${hostSettings(host)}backup: { repository: "${join(kept, "repository")}" }\n`,
    );

    expect(await fresh.run("backup:list")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("lacks the toolbox image"),
    });
    execFileSync("sh", ["-c", `docker save understudy/toolbox:17 | docker -H ${host.dockerHost} load`], {
      stdio: "pipe",
    });
    expect(await fresh.json("backup:list")).toMatchObject([{ id, verified: true }]);
    const { files } = await fresh.json<{ files: string[] }>("backup:restore", id, "--only", "environment", "--yes");
    expect(files).toEqual(expect.arrayContaining([".env.production", ".understudy/facts/production/release.json"]));
    expect(files).not.toContain("understudy.yml");

    await fresh.json("deploy:production");
    const report = await fresh.json<{ present: string }>("backup:restore", id, "--yes");
    expect(report.present).toMatch(/^backup-/);
    expect(releaseOf(fresh)).toBe(releaseOf(lost.installation));
    await using engine = await connectEngine(host.dockerHost);
    expect(await lost.on(engine).content()).toBe("old");
    const { stdout } = await fresh.run("health:check", "--production", "--json");
    const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string }[] };
    expect(checks.filter(({ status }) => status !== "healthy").map(({ name }) => name)).toEqual(["last backup"]);
    expect((await fresh.run("deploy:production")).stderr).toContain("nothing to change");
  });
});

function releaseOf({ read }: TestInstallation): string {
  return (JSON.parse(read(".understudy/facts/production/release.json")) as { id: string }).id;
}

import { chmodSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ReleaseHistory } from "../../src/releases/history.ts";
import { type Load, startLoad } from "./edge-load.ts";
import { finished } from "./installation.ts";
import { answers, type PromotionStage } from "./promotion-stage.ts";
import { secretsInFiles, secretsOf } from "./secrets.ts";

interface Judged {
  readonly gates: readonly { name: string; passed: boolean; seen: string }[];
}

/** One story of one production: each part goes on from the one before. */
export function promotionSuite(open: () => Promise<PromotionStage>): void {
  let stage: PromotionStage;
  /** What production ran at first. */
  let tag: string;
  /** What it ran after the promotion. */
  let promoted: string;

  beforeAll(async () => {
    stage = await open();
    await stage.note("before");
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it("is refused by the name of every gate that is closed", async () => {
    const { installation } = stage;
    expect(await closedGates("--dry-run")).toContain("receipt-present");
    expect(await closedGates("--check")).toEqual(["copy-age"]);
    await stage.prove();
    expect(await closedGates("--dry-run")).toEqual([]);

    installation.write("compose/more.yml", "services: {}\n");
    expect(await closedGates("--dry-run")).toEqual(["work-tree"]);
    stage.git("clean", "--quiet", "--force");
    expect(await closedGates("--dry-run", "--allow-stale", "0.0001h")).toEqual(["copy-age"]);

    const file = join(".understudy/receipts", `${await releaseOf("staging")}.json`);
    const receipt = installation.read(file);
    const { app } = await stage.images("staging");
    for (const altered of [
      receipt.replace('"failed": []', '"failed": [ ]'),
      receipt.replaceAll(app ?? "", `sha256:${"0".repeat(64)}`),
    ]) {
      expect(altered).not.toBe(receipt);
      installation.write(file, altered);
      expect(await closedGates("--dry-run")).toContain("receipt-signature");
    }
    const { exitCode, stderr } = await installation.run("promote", "--yes");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^error: Nothing was promoted: receipt-signature: .* altered after it was signed/),
    });
    installation.write(file, receipt);
    expect(await stage.serves()).toBe(answers.first);
    expect(stage.git("tag", "--list")).toBe("");
  });

  it("is stopped by a hook before anything is changed", async () => {
    hook("pre-promote", "echo not on a Friday >&2; exit 3");
    const before = stage.steps().length;
    const { exitCode, stderr } = await stage.installation.run("promote", "--yes");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining("hooks/pre-promote ended with code 3: not on a Friday"),
    });
    expect(stage.steps(before)).toEqual(["recover", "gates", "end"]);
    hook("pre-promote", "exit 0");
  });

  it("runs in production as it ran in staging, without a request failing, by one operator at a time", async () => {
    hook("post-promote", `test "$UNDERSTUDY_RELEASE" = "${await releaseOf("staging")}"; exit 4`);
    const before = stage.steps().length;
    const [load, { exitCode, stdout, stderr }] = await underLoad(async () => {
      const first = finished(stage.installation.start("promote", "--yes", "--json"));
      await expect.poll(() => stage.steps(before)).toContain("images");
      expect(await stage.installation.run("promote", "--yes")).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("production-free: production is locked by"),
      });
      return await first;
    });
    expect({ exitCode, stderr: exitCode ? stderr : "" }).toEqual({ exitCode: 0, stderr: "" });
    const report = JSON.parse(stdout);
    console.log("promote", report.seconds, "s", report.held, "longest wait", load.longest, "ms");
    expect(report.gates).toContainEqual({
      name: "rehearsal",
      passed: true,
      seen: expect.stringMatching(/^1 migrations ran on the copy: app 2, healthy after [\d.]+ s$/),
    });
    expect(load.failed).toEqual([]);
    expect(load.versions).toEqual(new Set(Object.values(answers)));
    expect(stderr).toContain("warning: hooks/post-promote ended with code 4");

    tag = report.tag;
    expect(await stage.serves()).toBe(answers.second);
    expect(await stage.images("production")).toEqual(await stage.images("staging"));
    expect(stage.git("tag", "--list", "rollback-*")).toBe(tag);
    expect(await points()).toMatchObject([{ tag, backup: report.backup, verified: true }]);
    expect(await stage.notes()).toEqual(expect.arrayContaining([...load.acknowledged]));
  });

  it("gives way to the one before, whose rows stay", async () => {
    await stage.note("kept");
    const { stderr } = await stage.installation.run("rollback", "--tag", tag, "--dry-run");
    expect(stderr).toContain(`warning: app was migrated since ${tag}: the older release may not run on it`);
    const [load, report] = await underLoad(() =>
      stage.installation.json<{ present: string; seconds: number }>("rollback", "--tag", tag, "--yes"),
    );
    console.log("rollback, code only", report.seconds, "s, longest wait", load.longest, "ms");
    expect(load.failed).toEqual([]);
    promoted = report.present;
    expect(await stage.serves()).toBe(answers.first);
    expect(await stage.notes()).toEqual(expect.arrayContaining(["before", "kept", ...load.acknowledged]));
  });

  it("comes back with its rows of then", async () => {
    const rows = await stage.notes();
    await stage.note("lost");
    const flags = ["--tag", promoted, "--with-data"];
    const planned = await stage.installation.json<{ lost: unknown[] }>("rollback", ...flags, "--dry-run");
    expect(planned.lost).toEqual([expect.objectContaining({ database: "app", table: "public.notes" })]);
    const report = await stage.installation.json<{ seconds: number }>("rollback", ...flags, "--yes");
    console.log("rollback with data", report.seconds, "s");
    expect(await stage.serves()).toBe(answers.second);
    const left = await stage.notes();
    expect(left).not.toContain("lost");
    expect(rows.slice(0, left.length)).toEqual(left);
    expect(left).toContain("kept");
  });

  it("left no secret in any file but the environments' own", () => {
    const secrets = ["staging", "production"].flatMap((name) => secretsOf(stage.installation, name));
    const found = [...secretsInFiles(stage.installation, secrets)].filter(([, values]) => values.length > 0);
    expect(secrets.length).toBeGreaterThan(4);
    expect(found.map(([file]) => file)).toEqual([]);
  });

  it("is in the history, with who and how it ended", async () => {
    const { releases } = await stage.installation.json<ReleaseHistory>("releases", "--production");
    const [first, second] = [releases.at(-1)?.release, await releaseOf("staging")];
    expect(releases.map(({ verb, release, result, current }) => [verb, release, result, current])).toEqual([
      ["rollback", second, "succeeded", true],
      ["rollback", first, "succeeded", false],
      ["promote", second, "succeeded", false],
      ["promote", second, "failed", false],
      ["deploy:production", first, "succeeded", false],
    ]);
    expect(releases[2]).toMatchObject({ receipt: "yes", why: null, who: expect.stringMatching(/@/) });
    expect(releases[3]?.why).toContain("hooks/pre-promote");
  });

  it.each([
    ["was deleted", () => stage.git("tag", "--delete", tag), "its tag is not in git"],
    ["was moved", () => retag("HEAD"), "its tag was moved from"],
    ["has another message", () => retag(`${tag}^{commit}`, (text) => text.replace(/app:1/, "app:2")), "edited after"],
  ])("cannot be left for a point whose tag %s", async (_, alter, why) => {
    const ref = stage.git("rev-parse", tag);
    alter();
    const before = stage.steps().length;
    const { exitCode, stderr } = await stage.installation.run("rollback", "--tag", tag, "--yes");
    stage.git("update-ref", `refs/tags/${tag}`, ref);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(why) });
    expect(stage.steps(before)).toEqual([]);
  });

  async function closedGates(...flags: string[]): Promise<string[]> {
    const { exitCode, stdout, stderr } = await stage.installation.run("promote", ...flags, "--json");
    const { gates } = JSON.parse(stdout) as Judged;
    if (!gates) throw new Error(stderr);
    const closed = gates.filter(({ passed }) => !passed).map(({ name }) => name);
    expect(exitCode).toBe(closed.length ? 1 : 0);
    return closed;
  }

  async function releaseOf(environment: string): Promise<string> {
    const { release } = await stage.installation.json<{ release: string }>("status", "--environment", environment);
    return release;
  }

  async function points(): Promise<unknown> {
    return await stage.installation.json("rollback", "--list");
  }

  function hook(name: string, script: string): void {
    stage.installation.write(`hooks/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(join(stage.installation.root, "hooks", name), 0o755);
  }

  /** Put the point's tag elsewhere, or another message on it. */
  function retag(commit: string, edit: (message: string) => string = (text) => text): void {
    const message = stage.git("for-each-ref", "--format=%(contents)", `refs/tags/${tag}`);
    stage.installation.write(".understudy/message", `${edit(message)}\n`);
    const file = join(stage.installation.root, ".understudy/message");
    stage.git("-c", "user.name=T", "-c", "user.email=t@e.org", ...tagging, file, tag, commit);
  }
  const tagging = ["tag", "--force", "--annotate", "--cleanup=verbatim", "--file"];

  /** Requests to both services, 50 a second each, while something is done. */
  async function underLoad<T>(work: () => Promise<T>): Promise<[Omit<Load, "sent">, T]> {
    const loads = [startLoad(stage.url("app")), startLoad(stage.url("page"))];
    await sleep(500);
    const outcome = await work();
    await sleep(500);
    const [app, page] = (await Promise.all(loads.map((load) => load.stop()))) as [Load, Load];
    const failed = [...app.failed.map((one) => `app ${one}`), ...page.failed.map((one) => `page ${one}`)];
    const versions = app.versions.union(page.versions);
    return [
      { failed, versions, acknowledged: app.acknowledged, longest: Math.max(app.longest, page.longest) },
      outcome,
    ];
  }
}

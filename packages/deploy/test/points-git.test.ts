import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gitCommit, gitState, hasCommit, isInGit } from "@understudy/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PointsStage, plainGit } from "./support/points-stage.ts";

let folder: string;
let stage: PointsStage;
let root: string;

beforeEach(() => {
  folder = plainGit(vi.stubEnv);
  stage = new PointsStage(folder);
  root = stage.installation.root;
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it("tells a folder outside git, a repository without a commit, and one with", async () => {
  expect([await isInGit(root), await gitState(root), await gitCommit(root)]).toEqual([false, undefined, undefined]);
  stage.git("init", "--quiet");
  expect(await gitCommit(root)).toBeUndefined();
  expect(await gitState(root)).toEqual({ head: undefined, changed: [], untracked: [] });
  const commit = stage.commit("a");
  expect(await gitCommit(root)).toBe(commit);
  expect(await gitState(root)).toEqual({ head: commit, changed: [], untracked: [] });
});

it("tells what differs from the commit, staged or not, and what git does not know", async () => {
  stage.git("init", "--quiet");
  const commit = stage.commit("a");
  writeFileSync(join(root, "new file\nwith a line break"), "");
  expect(await gitCommit(root)).toBe(commit);
  expect(await gitState(root)).toEqual({ head: commit, changed: [], untracked: ["new file\nwith a line break"] });
  writeFileSync(join(root, "docker-compose.yml"), "b");
  expect(await gitCommit(root)).toBe(`${commit}-dirty`);
  stage.git("add", ".");
  expect(await gitState(root)).toEqual({
    head: commit,
    changed: ["docker-compose.yml", "new file\nwith a line break"],
    untracked: [],
  });
});

it("knows a commit that no branch has any more, and not one that never was", async () => {
  stage.git("init", "--quiet");
  const commit = stage.commit("a");
  stage.git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "--quiet", "--amend", "--message", "b");
  expect(await hasCommit(root, commit)).toBe(true);
  expect(await hasCommit(root, "d".repeat(40))).toBe(false);
});

it("says so when git refuses or is missing, instead of taking it for no repository", async () => {
  stage.git("init", "--quiet");
  writeFileSync(join(root, ".git/config"), "[broken");
  await expect(isInGit(root)).rejects.toThrow(/git rev-parse failed: fatal: bad config/);
  vi.stubEnv("PATH", folder);
  await expect(isInGit(root)).rejects.toThrow(/git is not installed/);
});

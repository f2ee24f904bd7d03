import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@understudy/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { commitOnBranch, fileOnBranch, filesOnBranch, pushBranch } from "./commit.ts";

let place = "";
let folder = "";
const run = (where: string, ...args: string[]) =>
  execFileSync("git", ["-C", where, ...args], { encoding: "utf8" }).trim();

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "understudy-git-"));
  // Below the repository's top, and with a space in its path.
  folder = join(place, "the work", "app");
  mkdirSync(folder, { recursive: true });
  run(join(place, "the work"), "init", "--quiet", "--initial-branch", "main");
  run(folder, "config", "user.email", "test@example.com");
  run(folder, "config", "user.name", "Test");
  run(folder, "config", "core.autocrlf", "true");
  writeFileSync(join(folder, "kept.txt"), "kept\n");
  run(folder, "add", ".");
  run(folder, "commit", "--quiet", "-m", "first");
});

afterEach(() => rmSync(place, { recursive: true, force: true }));

const commit = (text: string, branch = "prod-sync") =>
  commitOnBranch({ folder, branch, message: "Sync", files: [{ path: "workflows/a.sql", text }] });

it("commits on a branch, byte for byte, and touches nothing else", async () => {
  writeFileSync(join(folder, "kept.txt"), "being edited\n");
  writeFileSync(join(folder, "new.txt"), "new");
  run(folder, "add", "new.txt");
  const before = run(folder, "status", "--porcelain=v2", "--branch");
  await commit("one\r\ntwo\n");
  expect(run(folder, "status", "--porcelain=v2", "--branch")).toBe(before);
  expect(readFileSync(join(folder, "kept.txt"), "utf8")).toBe("being edited\n");
  expect(await fileOnBranch(folder, "prod-sync", "workflows/a.sql")).toBe("one\r\ntwo\n");
  expect(await filesOnBranch(folder, "prod-sync", "workflows")).toEqual(["workflows/a.sql"]);
  expect(run(folder, "show", "--name-only", "--format=%s", "prod-sync")).toBe("Sync\n\napp/workflows/a.sql");
});

it("replaces what an earlier run left there, from where the work tree is now", async () => {
  await commit("old");
  run(folder, "commit", "--quiet", "--allow-empty", "-m", "second");
  await commit("new");
  expect(run(folder, "log", "--format=%s", "prod-sync")).toBe("Sync\nsecond\nfirst");
});

it("pushes to the remote, also over an earlier push", async () => {
  await expect(pushBranch(folder, "prod-sync")).rejects.toThrow("no remote");
  const bare = join(place, "bare");
  run(place, "init", "--quiet", "--bare", bare);
  run(folder, "remote", "add", "origin", bare);
  for (const text of ["one", "two"]) {
    await commit(text);
    await pushBranch(folder, "prod-sync");
    expect(run(bare, "show", "prod-sync:app/workflows/a.sql")).toBe(text);
  }
});

it("refuses the branch that is checked out, a name that is none, and a folder without commits", async () => {
  await expect(commit("x", "main")).rejects.toThrow(UserError);
  await expect(commit("x", "no..name")).rejects.toThrow(UserError);
  const empty = join(place, "empty");
  mkdirSync(empty);
  const files = [{ path: "a", text: "a" }];
  const outside = commitOnBranch({ folder: empty, branch: "b", message: "m", files });
  await expect(outside).rejects.toThrow("is not in git");
  run(empty, "init", "--quiet");
  await expect(commitOnBranch({ folder: empty, branch: "b", message: "m", files })).rejects.toThrow(
    "has no commit yet",
  );
});

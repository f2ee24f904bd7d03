import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const checkout = resolve(import.meta.dirname, "..");
let folder: string;
const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "understudy-hook-"));
  git("init", "--quiet");
  git("config", "core.hooksPath", join(checkout, ".githooks"));
  git("config", "user.email", "ann@example.org");
  git("config", "user.name", "Ann");
  mkdirSync(join(folder, "team-sync-exports"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Stage files, by force, and commit. */
function commit(...files: string[]) {
  for (const file of files) writeFileSync(join(folder, file), file);
  git("add", "--force", ...files);
  return spawnSync("git", ["commit", "--message", "x"], { cwd: folder, encoding: "utf8" });
}

describe("the commit hook", () => {
  it.each([
    "team-export-2026-11-22-14-05-09.tar.gz",
    "team-export-2026-11-22-14-05-09.tar.gz.age",
    "team-sync-exports/export-metadata.json",
  ])("refuses %s", (file) => {
    const { status, stderr } = commit("harmless.txt", file);
    expect(status).not.toBe(0);
    expect(stderr).toContain(file);
    expect(stderr).not.toContain("  harmless.txt");
  });

  it("lets everything else pass", () => {
    expect(commit("harmless.txt", "docs-team-export.md").status).toBe(0);
  });
});

it("git ignores archives of a team", () => {
  const names = [
    "team-sync-exports/x",
    "team-export-2026-11-22-14-05-09.tar.gz",
    "a/team-export-2026-11-22-14-05-09.tar.gz.age",
  ];
  const ignored = execFileSync("git", ["check-ignore", ...names], { cwd: checkout, encoding: "utf8" });
  expect(ignored.trim().split("\n")).toEqual(names);
});

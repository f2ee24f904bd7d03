import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const scripts = ["understudy", ".ci/run", ...shellFilesOf("toolchain")];

test.each(scripts)("%s is plain POSIX shell that dash reads", (script) => {
  execFileSync("dash", ["-n", join(root, script)]);
});

test("the launcher stays small enough to read", () => {
  for (const script of scripts) {
    const lines = execFileSync("cat", [join(root, script)], { encoding: "utf8" }).split("\n").length;
    expect(lines, script).toBeLessThanOrEqual(160);
  }
});

function shellFilesOf(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".sh"))
    .map((name) => `${folder}/${name}`);
}

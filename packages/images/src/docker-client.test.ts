import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findBuildClient } from "./docker-client.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "understudy-clients-"));
});
afterEach(() => rmSync(root, { recursive: true }));

test("a newer client without buildx is passed over for an older one that can", async () => {
  const PATH = [stub("new", "28.2.2", false), stub("old", "20.10.24", false)].join(":");
  expect(await findBuildClient({ PATH }, [])).toEqual({
    path: join(root, "old", "docker"),
    version: "20.10.24",
    buildx: false,
  });
});

test("a client with buildx is taken at once", async () => {
  const PATH = [stub("new", "28.2.2", true), stub("old", "20.10.24", false)].join(":");
  expect(await findBuildClient({ PATH }, [])).toMatchObject({ version: "28.2.2", buildx: true });
});

test("where none can, it says which were looked at and what to install", async () => {
  await expect(findBuildClient({ PATH: stub("new", "28.2.2", false) }, [])).rejects.toThrow(
    /No docker program here can build with BuildKit \(.*docker 28\.2\.2: no buildx plugin\)/,
  );
  await expect(findBuildClient({ PATH: root }, [])).rejects.toThrow("No docker program is on the PATH");
});

/** A docker program that knows its version, and buildx or not. */
function stub(name: string, version: string, buildx: boolean): string {
  const folder = join(root, name);
  mkdirSync(folder);
  const file = join(folder, "docker");
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$1" in version) echo ${version};; buildx) ${buildx ? "echo v0.20" : "exit 1"};; esac\n`,
  );
  chmodSync(file, 0o755);
  return folder;
}

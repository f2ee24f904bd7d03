import { execFileSync } from "node:child_process";
import { existsSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { connectEngine } from "@understudy/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createInstallation, finished, removeProject, type TestInstallation } from "./support/installation.ts";
import { cannotPlayRemoteHost, type RemoteHost, startRemoteHost } from "./support/remote-host.ts";
import { writeTinyStack } from "./support/tiny-stack.ts";

const diskSize = "3200m";

// In CI it must run or fail: nobody reads there what was skipped.
const reason = process.env.CI ? undefined : cannotPlayRemoteHost();
if (reason) console.warn(`SKIPPED, the full disk: ${reason}`);

describe.skipIf(reason)("an engine whose disk is small", () => {
  let host: RemoteHost;
  let installation: TestInstallation;
  beforeAll(async () => {
    host = await startRemoteHost({ diskSize });
  });
  afterAll(() => host?.[Symbol.asyncDispose]());
  beforeEach(() => {
    installation = createInstallation(
      `environments:\n  staging: { kind: staging, host: "${host.dockerHost}", healthTimeoutSeconds: 20 }\n`,
    );
    writeTinyStack(installation);
  });
  afterEach(async () => {
    resize(host, diskSize);
    await using engine = await connectEngine(host.dockerHost);
    await removeProject(engine, installation.project);
    await installation[Symbol.asyncDispose]();
  });

  it("is refused before anything is fetched, with both figures", async () => {
    const { exitCode, stderr } = await installation.run("deploy:staging", "--env", "laptop");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/has 2\.\d GiB free, and this deploy needs 8\.0 GiB \(2 images to fetch\)/);
    expect(existsSync(join(installation.root, ".env.staging"))).toBe(false);
  });

  it("that fills up in the middle of a deploy fails it in plain words, and the next run finishes", async () => {
    for (const image of ["understudy/postgres:0.8.0-pg17", "understudy/haproxy:3.0.11"]) {
      execFileSync("sh", ["-c", `docker save ${image} | docker -H ${host.dockerHost} load`]);
    }
    const child = installation.start("deploy:staging", "--env", "laptop");
    let full = false;
    child.stderr?.on("data", (text: string) => {
      if (full || !String(text).includes("Apply")) return;
      resize(host, `${usedBytes(host) + 1024 ** 2}`);
      full = true;
    });
    const { exitCode, stderr } = await finished(child);
    expect(full).toBe(true);
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toMatch(/disk is full|No space left on device/i);
    expect(stderr).not.toMatch(/^bug:/m);
    resize(host, diskSize);
    const again = await installation.run("deploy:staging", "--env", "laptop");
    expect(again.exitCode, again.stderr).toBe(0);
  });
});

/** Give the disk another size, in one moment: filled by writing, a slow machine finishes its deploy before the disk is full. */
function resize(host: RemoteHost, size: string): void {
  execFileSync("mount", ["-o", `remount,size=${size}`, diskOf(host)]);
}

function usedBytes(host: RemoteHost): number {
  const { blocks, bfree, bsize } = statfsSync(diskOf(host));
  return (blocks - bfree) * bsize;
}

function diskOf(host: RemoteHost): string {
  return join(host.folder, "data");
}

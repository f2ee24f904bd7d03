import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstallation, finished, type TestInstallation } from "./support/installation.ts";
import { cannotPlayRemoteHost, type RemoteHost, startRemoteHost } from "./support/remote-host.ts";
import { writeTinyStack } from "./support/tiny-stack.ts";

// In CI it must run or fail: nobody reads there what was skipped.
const reason = process.env.CI ? undefined : cannotPlayRemoteHost();
if (reason) console.warn(`SKIPPED, the full disk: ${reason}`);

describe.skipIf(reason)("an engine whose disk is small", () => {
  let host: RemoteHost;
  let installation: TestInstallation;
  beforeAll(async () => {
    host = await startRemoteHost({ diskSize: "3200m" });
    installation = createInstallation(
      `environments:\n  staging: { kind: staging, host: "${host.dockerHost}", healthTimeoutSeconds: 20 }\n`,
    );
    writeTinyStack(installation);
  });
  afterAll(async () => {
    await installation?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
  });

  it("is refused before anything is fetched, with both figures", async () => {
    const { exitCode, stderr } = await installation.run("deploy:staging", "--env", "laptop");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/has 2\.\d GiB free, and this deploy needs 8\.0 GiB \(2 images to fetch\)/);
    expect(existsSync(join(installation.root, ".env.staging"))).toBe(false);
  });

  it("that fills up in the middle of a deploy fails it in plain words, and the next run finishes", async () => {
    const filler = join(host.folder, "data", "filler");
    rmSync(filler, { force: true });
    for (const image of ["understudy/postgres:0.8.0-pg17", "understudy/haproxy:3.0.11"]) {
      execFileSync("sh", ["-c", `docker save ${image} | docker -H ${host.dockerHost} load`]);
    }
    const child = installation.start("deploy:staging", "--env", "laptop");
    child.stderr?.on("data", (text: string) => {
      if (String(text).includes("Apply") && !existsSync(filler)) fill(filler);
    });
    const { exitCode, stderr } = await finished(child);
    expect(existsSync(filler)).toBe(true);
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toMatch(/disk is full|No space left on device/i);
    expect(stderr).not.toMatch(/^bug:/m);
    rmSync(filler);
    const again = await installation.run("deploy:staging", "--env", "laptop");
    expect(again.exitCode, again.stderr).toBe(0);
  });
});

/** Take the rest of a file system, to the last block. */
function fill(file: string): void {
  try {
    execFileSync("dd", ["if=/dev/zero", `of=${file}`, "bs=8M"], { stdio: "ignore" });
  } catch {
    // dd ends with an error once nothing is left: that is what it is for.
  }
}

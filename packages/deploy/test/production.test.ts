import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { connectEngine } from "@understudy/core";
import { expect, it } from "vitest";
import { createInstallation } from "./support/installation.ts";
import { startRegistry } from "./support/registry.ts";
import { edit, writeTinyStack } from "./support/tiny-stack.ts";

interface DeployJson {
  changes: { create: number; update: number; delete: number; replace: number };
  release: string;
}

it("production keeps to the images it was recorded with, even when their name now means another", async () => {
  await using engine = await connectEngine("local");
  await using installation = createInstallation(
    "environments:\n  production: { kind: production, profile: server, portOffset: 20000, bind: 127.0.0.1 }\n",
  );
  const repo = `${installation.project}/web`;
  const tagged = (image: string) => engine.docker.getImage(image).tag({ repo, tag: "1" });
  const web = () => engine.docker.getContainer(`${installation.project}-production-web`);
  writeTinyStack(installation);
  edit(installation, "compose/docker-compose.yml", "haproxy:3.0.11", `${repo}:1`);
  await tagged("understudy/haproxy:3.0.11");
  try {
    const first = await installation.json<DeployJson>("deploy:production");
    const { Image } = await web().inspect();
    await tagged("understudy/toolbox:17");
    edit(installation, "compose/docker-compose.yml", "interval: 2s", "interval: 9s");
    installation.write("compose/web.cfg", "nonsense\n");
    await web().remove({ force: true });
    const repaired = await installation.json<DeployJson>("deploy:production");
    expect(repaired).toMatchObject({
      release: first.release,
      changes: { create: 1, update: 0, delete: 0, replace: 0 },
    });
    const again = await web().inspect();
    expect(again.Image).toBe(Image);
    expect(again.Config.Healthcheck?.Interval).toBe(2_000_000_000);
    const other = await installation.run("deploy:production", "--env", "laptop");
    expect(other).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("profile server") });
    rmSync(join(installation.root, ".understudy"), { recursive: true });
    const stranger = await installation.run("deploy:production");
    expect(stranger).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/runs release r-\w+, which this checkout has no record of/),
    });
  } finally {
    await engine.docker.getImage(`${repo}:1`).remove();
  }
});

it("production takes its image for the recorded one, also when somebody pushed it to a registry since", async () => {
  await using registry = await startRegistry();
  await using installation = createInstallation(
    "environments:\n  production: { kind: production, profile: server, portOffset: 20000, bind: 127.0.0.1 }\n",
  );
  writeTinyStack(installation);
  const first = await installation.json<DeployJson>("deploy:production");
  const elsewhere = `${registry.address}/anybody/edge:1`;
  const docker = (...words: string[]) => execFileSync("docker", words, { stdio: "pipe" });
  docker("tag", "understudy/haproxy:3.0.11", elsewhere);
  try {
    docker("push", "--quiet", elsewhere);
    const second = await installation.json<DeployJson>("deploy:production");
    expect(second).toMatchObject({ release: first.release, changes: { create: 0, update: 0, delete: 0, replace: 0 } });
  } finally {
    docker("rmi", elsewhere);
  }
});

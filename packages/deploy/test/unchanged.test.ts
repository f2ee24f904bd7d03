import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createInstallation, type TestInstallation } from "./support/installation.ts";
import { writeTinyStack } from "./support/tiny-stack.ts";

// A deploy that finds nothing to do does not take the lock. What it must still notice.
let installation: TestInstallation;
const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();
const container = (service: string) => `${installation.project}-staging-${service}`;
const deploy = () => installation.run("deploy:staging", "--env", "laptop");
const locked = () =>
  installation.read("logs/staging/deploy-".concat(today(), ".log")).split('"phase":"lock"').length - 1;

beforeAll(async () => {
  installation = createInstallation("environments:\n  staging: { kind: staging, portOffset: 23000 }\n");
  writeTinyStack(installation);
  await installation.json("deploy:staging", "--env", "laptop");
  await healthy();
});
afterAll(async () => await installation[Symbol.asyncDispose]());

test("an unchanged stack is left alone without the lock, and audited", async () => {
  const before = locked();
  const { exitCode, stderr } = await deploy();
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("nothing to change") });
  expect(locked()).toBe(before);
  expect(installation.read("logs/audit.jsonl").trim().split("\n").at(-1)).toContain("nothing to change");
});

test("a container that was removed is made again", async () => {
  docker("rm", "-f", container("web"));
  expect(await deploy()).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("web: creating container") });
  await healthy();
});

test("a container that was stopped is started", async () => {
  docker("stop", container("web"));
  expect(await deploy()).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("web: starting") });
  await healthy();
});

test("limits that were altered by hand are noticed", async () => {
  docker("update", "--memory", "200m", "--memory-swap", "200m", container("web"));
  const before = locked();
  expect(await deploy()).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("nothing to change") });
  expect(locked()).toBe(before + 1);
  await healthy();
});

test("an edge that does not answer is noticed, though its container counts as healthy", async () => {
  docker(
    "exec",
    "-u",
    "root",
    container("web"),
    "bash",
    "-c",
    "kill -STOP $(pidof haproxy | tr ' ' '\\n' | grep -vx 1) 1 || true",
  );
  const before = locked();
  const child = installation.start("deploy:staging", "--env", "laptop");
  for (let waited = 0; waited < 30_000 && locked() === before; waited += 200) await sleep(200);
  expect(locked()).toBe(before + 1);
  docker("restart", "-t", "0", container("web"));
  await once(child, "close");
});

test("a deploy of somebody else is not passed by", async () => {
  await healthy();
  const holder = spawn("docker", ["run", "-i", "--rm", "--name", container("lock"), toolbox(), "cat"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  for (let waited = 0; waited < 20_000 && !docker("ps", "-q", "--filter", `name=${container("lock")}`); waited += 200)
    await sleep(200);
  expect(await deploy()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("locked by") });
  holder.stdin?.end();
  await once(holder, "close");
});

async function healthy(): Promise<void> {
  const state = (service: string) => docker("inspect", "--format", "{{.State.Health.Status}}", container(service));
  while (state("db") !== "healthy" || state("web") !== "healthy") await sleep(200);
}

function toolbox(): string {
  return docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "understudy/toolbox").split("\n")[0] ?? "";
}

function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("");
}

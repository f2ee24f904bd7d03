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
const deploy = (...flags: string[]) => installation.run("deploy:staging", "--env", "laptop", ...flags);
const sql = (text: string) => docker("exec", container("db"), "psql", "-U", "postgres", "-Atc", text);
const idOf = (service: string) => docker("inspect", "--format", "{{.Id}}", container(service));
const none = { create: 0, update: 0, delete: 0, replace: 0 };
const changesOf = (report: string) => (JSON.parse(report) as { changes: typeof none }).changes;
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

test("a container that was removed is made again, its data intact", async () => {
  sql("CREATE TABLE kept AS SELECT 42 AS x");
  docker("rm", "-f", container("db"));
  const { exitCode, stdout, stderr } = await deploy("--json");
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("db: creating container"),
  });
  expect(changesOf(stdout)).toEqual({ ...none, create: 1 });
  expect(sql("SELECT x FROM kept")).toBe("42");
  await healthy();
});

test("what was stopped or limited by hand is mended", async () => {
  const before = { web: idOf("web"), locked: locked() };
  docker("stop", container("web"));
  docker("update", "--memory", "200m", "--memory-swap", "200m", container("db"));
  const planned = await deploy("--dry-run");
  expect(planned.stderr).toMatch(/web: .*started/);
  expect(planned.stderr).toMatch(/db: memory limit 200 → 256/);
  expect(locked()).toBe(before.locked);
  expect(await deploy()).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("web: starting") });
  expect(idOf("web")).toBe(before.web);
  expect(docker("inspect", "--format", "{{.HostConfig.Memory}}", container("db"))).toBe(String(256 * 1_048_576));
  expect(locked()).toBe(before.locked + 1);
  await healthy();
});

test("what was taken off a network by hand is on it again", async () => {
  const network = `${installation.project}-staging_internal`;
  docker("network", "disconnect", network, container("web"));
  expect((await deploy("--dry-run")).stderr).toMatch(/web: altered by hand, container replaced/);
  expect(await deploy()).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("nothing to change") });
  expect(docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", container("web"))).toContain(network);
  expect(changesOf((await deploy("--refresh", "--json")).stdout)).toEqual(none);
  await healthy();
});

test("a data volume is not made anew in silence", async () => {
  const volume = `${installation.project}-staging_data`;
  docker("rm", "-f", container("db"));
  docker("volume", "rm", volume);
  const refused = await deploy();
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(`--accept-empty-volume ${volume}`);
  expect(docker("volume", "ls", "-q", "--filter", `name=${volume}`)).toBe("");
  const accepted = await deploy("--accept-empty-volume", volume, "--json");
  expect(changesOf(accepted.stdout)).toMatchObject({ create: 2 });
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

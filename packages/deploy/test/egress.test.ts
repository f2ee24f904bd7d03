import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StatusReport } from "../src/status.ts";
import { createInstallation, type TestInstallation } from "./support/installation.ts";
import { edit, writeTinyStack } from "./support/tiny-stack.ts";

// The engine can neither change whether a network is internal nor remove one that is in use.
let installation: TestInstallation;
const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();
const sql = (text: string) =>
  docker("exec", `${installation.project}-staging-db`, "psql", "-U", "postgres", "-Atc", text);
/** Who is asked for a name that nobody inside the stack has. */
const asked = () => {
  const dns = docker("inspect", "--format", "{{json .HostConfig.Dns}}", `${installation.project}-staging-db`);
  return (JSON.parse(dns) as string[] | null) ?? [];
};
const egress = async () => (await installation.json<StatusReport>("status")).egress;

const overlay = `services:
  db:
    networks: [internal, egress]
networks:
  egress:
    internal: \${EGRESS_INTERNAL:-true}
`;

beforeAll(() => {
  installation = createInstallation("environments:\n  staging: { kind: staging, portOffset: 22000, egress: open }\n");
  writeTinyStack(installation);
  installation.write("compose/docker-compose.staging.yml", overlay);
});
afterAll(async () => await installation[Symbol.asyncDispose]());

test("a staging that was open is closed, and opened again, with its data", async () => {
  await installation.json("deploy:staging", "--env", "laptop");
  expect(await egress()).toBe("open");
  sql("CREATE TABLE kept AS SELECT 42 AS x");
  for (const [from, to] of [
    ["open", "none"],
    ["none", "open"],
  ] as const) {
    edit(installation, "understudy.yml", `egress: ${from}`, `egress: ${to}`);
    expect(await egress()).toBe(from);
    const { exitCode, stdout, stderr } = await installation.run("deploy:staging", "--env", "laptop");
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout + stderr).toContain("db: network egress replaced, container replaced");
    expect(await egress()).toBe(to);
    expect(sql("SELECT x FROM kept")).toBe("42");
    expect(asked()).toEqual(to === "none" ? ["127.0.0.1"] : []);
    expect(docker("exec", `${installation.project}-staging-web`, "getent", "hosts", "db")).toContain("db");
    const { stderr: again } = await installation.run("deploy:staging", "--env", "laptop");
    expect(again).toContain("nothing to change");
  }
  const { stdout } = await installation.run("status");
  expect(stdout).toContain("egress: open");
});

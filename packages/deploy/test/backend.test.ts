import { rmSync } from "node:fs";
import { join } from "node:path";
import { connectEngine, type Engine, exec } from "@understudy/core";
import { expect, it } from "vitest";
import { createInstallation } from "./support/installation.ts";
import { writeTinyStack } from "./support/tiny-stack.ts";

it("keeps its state in a database when several machines deploy, secrets encrypted, credentials outside the settings", async () => {
  const password = "backend-pass-4711";
  process.env.PGPASSWORD = password;
  await using engine = await connectEngine("local");
  await using database = await startPostgres(engine, password);
  await using installation = createInstallation(
    `state: { backend: "postgres://postgres@127.0.0.1:24432/postgres?sslmode=disable" }\nenvironments:\n  staging: { kind: staging, portOffset: 19000 }\n`,
  );
  writeTinyStack(installation);
  const deploy = () =>
    installation.json<{ changes: { create: number } }>("deploy:staging", "--env", "laptop", "--refresh");
  expect((await deploy()).changes.create).toBe(5);
  expect((await deploy()).changes.create).toBe(0);
  // A second machine has the settings, the files and the environment file, and nothing that the first one noted.
  rmSync(join(installation.root, ".understudy"), { recursive: true });
  expect((await deploy()).changes).toEqual({ create: 0, update: 0, delete: 0, replace: 0 });

  expect(await linesWith(engine, database.name, "understudy.service")).toBeGreaterThan(0);
  const secret = installation.env("staging").POSTGRES_PASSWORD ?? "";
  expect(secret).toHaveLength(32);
  expect(await linesWith(engine, database.name, secret)).toBe(0);
});

/** How many lines of the stored state, which Pulumi keeps as base64 in JSON, have a text. */
async function linesWith(engine: Engine, container: string, text: string): Promise<number> {
  const decoded = `select convert_from(decode(data->>'data', 'base64'), 'UTF8') from pulumi_state`;
  const rows = `psql -U postgres -v ON_ERROR_STOP=1 -tAc "${decoded}"`;
  const count = `cat > /tmp/text && ${rows} | grep -cF -f /tmp/text || true`;
  const { stdout } = await exec(engine, container, ["sh", "-c", count], { stdin: text });
  return Number(stdout);
}

/** A Postgres on loopback for the length of a test. */
async function startPostgres(engine: Engine, password: string) {
  const name = `ust-backend-${process.pid}`;
  const container = await engine.docker.createContainer({
    name,
    Image: "understudy/postgres:0.8.0-pg17",
    Env: [`POSTGRES_PASSWORD=${password}`],
    HostConfig: { AutoRemove: true, PortBindings: { "5432/tcp": [{ HostIp: "127.0.0.1", HostPort: "24432" }] } },
  });
  await container.start();
  await expect
    .poll(async () => (await exec(engine, name, ["pg_isready", "-h", "127.0.0.1"])).exitCode, { timeout: 60_000 })
    .toBe(0);
  return { name, [Symbol.asyncDispose]: () => container.remove({ force: true, v: true }) };
}

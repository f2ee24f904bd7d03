import { join } from "node:path";
import { connectEngine, type Engine, exec } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appPolicy } from "../../sync/test/support/copy-policy.ts";
import { fillApp } from "../../sync/test/support/fill-app.ts";
import { Garden } from "../../sync/test/support/planted.ts";
import { writeSmallStack } from "../../sync/test/support/small-stage.ts";
import type { Stage } from "../../sync/test/support/stage.ts";
import type { DeployReport } from "../src/report/deploy-report.ts";
import type { StatusReport } from "../src/status.ts";
import { createInstallation, type TestInstallation } from "./support/installation.ts";
import {
  externalSetting,
  type ManagedServer,
  otherCa,
  startManagedServer,
  writeManagedOverlay,
} from "./support/managed-server.ts";
import { commandLines, secretsInFiles, secretsOf } from "./support/secrets.ts";
import { edit } from "./support/tiny-stack.ts";

const administrator = "Planted-Boss.Pass-20261123";
const offsets = { production: 18_200, staging: 18_400 };

describe("a production whose Postgres somebody else runs", () => {
  let engine: Engine;
  let server: ManagedServer;
  let installation: TestInstallation;
  const seen: string[] = [];

  beforeAll(async () => {
    engine = await connectEngine("local");
    server = await startManagedServer(engine, administrator);
    installation = createInstallation(settings(server));
    edit(installation, "understudy.yml", "@repository@", join(installation.root, "repository"));
    writeSmallStack(installation);
    writeManagedOverlay(installation, server);
    installation.write("sanitize.yml", appPolicy);
  });
  afterAll(async () => {
    await installation?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await engine?.close();
  });

  const run = async (verb: string, ...flags: string[]) => {
    const result = await installation.run(verb, ...flags);
    seen.push(result.stdout, result.stderr);
    return result;
  };
  const json = async <T>(verb: string, ...flags: string[]): Promise<T> => {
    const { exitCode, stdout, stderr } = await run(verb, ...flags, "--json");
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout) as T;
  };
  const setPassword = (from: string, to: string) =>
    edit(installation, ".env.production", `POSTGRES_PASSWORD=${from}\n`, `POSTGRES_PASSWORD=${to}\n`);
  /** Deploy what must not be: it says why in one line, and neither host nor server has anything of it. */
  const refused = async (words: RegExp) => {
    const { exitCode, stderr } = await run("deploy:production", "--env", "laptop");
    expect({ exitCode, last: stderr.trim().split("\n").at(-1) }).toEqual({
      exitCode: 1,
      last: expect.stringMatching(words),
    });
    const containers = await engine.docker.listContainers({ all: true });
    expect(containers.flatMap(({ Names }) => Names).filter((name) => name.includes(installation.project))).toEqual([]);
    expect(await server.sql("postgres", "SELECT count(*) FROM pg_roles WHERE rolname = 'app'")).toBe("0");
  };
  const staging = async (script: string, database = "app") => {
    const command = ["psql", "-qtAX", "-U", "postgres", "-d", database, "-c", script];
    return (await exec(engine, `${installation.project}-staging-postgres`, command)).stdout.trim();
  };
  const app = (script: string) => server.sql("app", `SET ROLE app;\n${script}`);

  it("is not deployed with a password or a certificate that is wrong, and changes nothing then", async () => {
    await refused(
      /^error: Wrote .*: new secrets, and no password of "boss" at .* yet\. Fill in POSTGRES_PASSWORD there/,
    );
    await refused(/^error: .*lacks a value for POSTGRES_PASSWORD/);
    setPassword("", "not-it");
    await refused(/^error: The password of "boss" at .* is wrong\. Correct POSTGRES_PASSWORD in .*\.env\.production$/);
    setPassword("not-it", administrator);
    installation.write("ca.pem", otherCa());
    await refused(
      /^error: The managed Postgres at .* has a certificate that no CA in tls\.ca signed \(.*\)\. Correct tls of/,
    );
    installation.write("ca.pem", server.ca);
    edit(installation, "understudy.yml", `name: ${server.name}`, "name: other.test");
    await refused(/^error: The managed Postgres at .* has a certificate for another name: .*other\.test/);
    edit(installation, "understudy.yml", "name: other.test", `name: ${server.name}`);
    edit(installation, "understudy.yml", `port: ${server.port}`, "port: 1");
    await refused(
      /^error: The managed Postgres at .*:1 refuses connections\. Correct postgres\.external of production in/,
    );
    edit(installation, "understudy.yml", "port: 1,", `port: ${server.port},`);
  });

  it("comes up on databases that are made there, healthy, and stays as it is", async () => {
    const first = await json<DeployReport>("deploy:production", "--env", "laptop");
    expect(first.services).toMatchObject([
      { name: "postgres", healthy: true, image: "understudy/node:24.19.0-trixie-slim" },
      { name: "web", healthy: true },
    ]);
    expect(await app("SELECT extname FROM pg_extension WHERE extname = 'vector'")).toBe("vector");
    const status = await json<StatusReport>("status", "--production");
    expect(status).toMatchObject({ managedPostgres: `${server.host}:${server.port}`, volumes: [] });
    for (const flags of [[], ["--refresh"]]) {
      const again = await json<DeployReport>("deploy:production", ...flags);
      expect(again.changes).toEqual({ create: 0, update: 0, replace: 0, delete: 0 });
    }
    // A busy machine may be warned of.
    const health = JSON.parse((await run("health:check", "--production", "--json")).stdout) as Health;
    expect(health.checks.filter(({ status }) => status === "unhealthy")).toEqual([]);
    const said = health.checks.find(({ name }) => name === "postgres query")?.seen;
    expect(said).toBe(
      `version ${await server.sql("postgres", "SHOW server_version")} answers at ${status.managedPostgres}`,
    );
  });

  it("is copied to a staging of its own Postgres", async () => {
    const garden = new Garden(10);
    await fillApp({ sql: (_: string, __: string, script: string) => app(script) } as unknown as Stage, garden, 200);
    await app(
      "CREATE TABLE marks AS SELECT 1 AS id, 'as backed up' AS mark; CREATE TABLE points (at vector(3)); INSERT INTO points VALUES ('[1,2,3]')",
    );
    installation.write(
      "sanitize.yml",
      `${appPolicy}      public.marks: { columns: { id: keep, mark: keep } }\n      public.points: { columns: { at: keep } }\n`,
    );
    await json("deploy:staging", "--env", "laptop");
    await staging(`CREATE ROLE app LOGIN PASSWORD '${installation.env("staging").APP_DB_PASSWORD}'`, "postgres");
    await json("sync:production", "--only", "postgres", "--yes");
    expect(await staging("SELECT mark, at FROM marks, points")).toBe("as backed up|[1,2,3]");
    expect(await staging("SELECT count(*) FROM crm.customers")).toBe("200");
  });

  it("is backed up, tried, and restored by an administrator who is no superuser", async () => {
    const backup = await json<{ id: string; verified: boolean }>("backup", "--production", "--verify");
    expect(backup).toMatchObject({ verified: true });
    await app("UPDATE marks SET mark = 'changed since'; DROP TABLE crm.newsletter");
    const { stderr } = await run(
      "backup:restore",
      backup.id,
      "--production",
      "--only",
      "postgres",
      "--discard-present",
      "--yes",
    );
    expect(stderr).toContain(`the room at ${server.host}:${server.port} cannot be seen from here`);
    expect(await app("SELECT mark FROM marks")).toBe("as backed up");
    expect(await app("SELECT to_regclass('crm.newsletter') IS NOT NULL")).toBe("t");
    expect(await server.sql("postgres", leftBeside)).toBe("");
  });

  it("refuses by name what a managed server has not", async () => {
    const { exitCode, stderr } = await run("db:shell", "--production");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`the managed one at ${server.host}:${server.port}, and has no container to open SQL in`);
  });

  it("is not deployed when its databases are gone, or belong to others", async () => {
    await server.sql("postgres", "ALTER DATABASE app RENAME TO elsewhere");
    const gone = await run("deploy:production", "--refresh");
    expect(gone.stderr).toMatch(
      /production's databases app were there after the last deploy and are not at .*--accept-empty-volume app/,
    );
    await server.sql("postgres", "ALTER DATABASE elsewhere RENAME TO app; ALTER DATABASE app OWNER TO boss");
    const others = await run("deploy:production", "--refresh");
    expect(others.stderr).toMatch(/Database app at .* belongs to boss, not to role app/);
    await server.sql("postgres", "ALTER DATABASE app OWNER TO app");
    expect((await json<DeployReport>("deploy:production", "--refresh")).changes).toMatchObject({
      create: 0,
      replace: 0,
    });
  });

  it("shows its passwords to nobody", async () => {
    const secrets = [administrator, ...secretsOf(installation, "production")];
    const said = (text: string) => secrets.filter((secret) => text.includes(secret));
    expect(said(seen.join("\n"))).toEqual([]);
    expect(said(await server.log())).toEqual([]);
    expect(said(commandLines().join("\n"))).toEqual([]);
    expect([...secretsInFiles(installation, secrets)].filter(([, found]) => found.length)).toEqual([]);
    const gateway = await engine.docker.getContainer(`${installation.project}-production-postgres`).inspect();
    expect(said(JSON.stringify(gateway))).toEqual([]);
  });
});

interface Health {
  readonly checks: readonly { readonly name: string; readonly status: string; readonly seen: string }[];
}

const leftBeside = "SELECT datname FROM pg_database WHERE datname ~ '_(incoming|outgoing|kept)$'";

function settings(server: ManagedServer): string {
  const common = "profile: laptop, bind: 127.0.0.1, healthTimeoutSeconds: 60";
  return `images: build
backup: { repository: "@repository@" }
environments:
  staging: { kind: staging, portOffset: ${offsets.staging}, ${common} }
  production: { kind: production, portOffset: ${offsets.production}, ${common}, compose: [compose/databases.yml], ${externalSetting(server)} }
`;
}

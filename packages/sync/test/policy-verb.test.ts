import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  connectEngine,
  type Engine,
  findInstallation,
  label,
  loadSettings,
  resolveEnvironment,
  sourceRoot,
} from "@understudy/core";
import { type Server, serverIn } from "@understudy/data";
import { openReach, readEnvironmentFile, writeFreshEnvironmentFile } from "@understudy/environment";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { execute } from "../../data/test/support/pair.ts";

const project = `policy-${process.pid}`;

describe("sync:policy", () => {
  const root = mkdtempSync(join(tmpdir(), "policy-"));
  const opened = new AsyncDisposableStack();
  let engine: Engine;
  let server: Server;

  beforeAll(async () => {
    mkdirSync(join(root, "compose"));
    writeFileSync(join(root, "understudy.yml"), `project: ${project}\n`);
    writeFileSync(join(root, "compose/docker-compose.yml"), "services: { postgres: { image: postgres } }\n");
    writeFileSync(join(root, "compose/env.template"), "# generate: password(24)\nPOSTGRES_PASSWORD=\n");
    const installation = findInstallation({ UNDERSTUDY_ROOT: root });
    const settings = loadSettings(installation);
    const target = { installation, settings, environment: resolveEnvironment(settings, "production") };
    const { values } = writeFreshEnvironmentFile(target, readEnvironmentFile(target));
    const password = values.POSTGRES_PASSWORD ?? "";
    engine = opened.use(await connectEngine("local"));
    const reach = opened.use(await openReach(engine, "production"));
    const container = await startPostgres(engine, password);
    opened.defer(() => container.remove({ force: true, v: true }));
    server = opened.use(
      await serverIn(engine, reach, { container: await container.inspect(), environment: "production", password }),
    );
    await vi.waitFor(() => execute(server, "postgres", "SELECT 1"), { timeout: 60_000, interval: 200 });
    await execute(server, "postgres", "CREATE DATABASE app", "CREATE DATABASE other");
    await execute(
      server,
      "app",
      "CREATE TABLE people (id int PRIMARY KEY, mail text UNIQUE)",
      "INSERT INTO people VALUES (1, 'anna@gmx.de')",
    );
  });
  afterAll(async () => {
    await opened.disposeAsync();
    rmSync(root, { recursive: true });
  });

  const run = (...flags: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const verb = join(sourceRoot, "packages/sync/src/cli/sync-policy.ts");
      execFile(
        process.execPath,
        [verb, ...flags],
        { env: { ...process.env, UNDERSTUDY_ROOT: root }, cwd: root },
        (error, stdout, stderr) => resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
      );
    });

  it("shows what has no rule, proposes one, and changes nothing", async () => {
    const { code, stdout } = await run("--databases", "app");
    expect(stdout).toMatch(/public\.people\.mail .* email .* 100 % of 1 values look like e-mail addresses/);
    expect(stdout).toContain("Write the proposals to sanitize.yml: pnpm sync:policy --accept");
    expect(stdout).not.toContain("gmx");
    expect(code).toBe(1);
    expect(() => readFileSync(join(root, "sanitize.yml"))).toThrow(/ENOENT/);
  });

  it("writes the proposals, after which all is decided", async () => {
    const accepted = await run("--accept");
    expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining("Written to sanitize.yml:") });
    expect(readFileSync(join(root, "sanitize.yml"), "utf8")).toContain("          mail: email\n");
    const again = await run("--json");
    expect(JSON.parse(again.stdout)).toEqual({
      environment: "production",
      file: "sanitize.yml",
      decided: true,
      written: [],
      databases: ["app", "other"].map((name) => ({ name, proposals: [], refused: [], notes: [] })),
      graph: null,
    });
    expect(again.code).toBe(0);
  });

  it("refuses a database that is not there, an environment of another kind, and a policy with an error", async () => {
    const wrong = await run("--databases", "nope");
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('production has no database "nope". It has: app, other'),
    });
    expect((await run("--environment", "staging")).stderr).toContain("is of kind staging");
    writeFileSync(join(root, "sanitize.yml"), "databases:\n  app: { tabels: {} }\n");
    const broken = await run();
    expect(broken).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("sanitize.yml:2: databases.app.tabels: {}: is not a field here"),
    });
  });
});

async function startPostgres(engine: Engine, password: string) {
  const [image] = await engine.docker.listImages({ filters: { reference: ["understudy/postgres"] } });
  const container = await engine.docker.createContainer({
    Image: image?.RepoTags?.[0] ?? "",
    Cmd: ["postgres", "-c", "fsync=off"],
    Env: [`POSTGRES_PASSWORD=${password}`],
    Labels: { [label.stack]: `${project}-production`, [label.service]: "postgres" },
    Healthcheck: { Test: ["NONE"] },
  });
  await container.start();
  return container;
}

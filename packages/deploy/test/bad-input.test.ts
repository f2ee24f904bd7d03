import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { connectEngine, type Engine } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstallation, finished, type TestInstallation, type VerbResult } from "./support/installation.ts";
import { edit, writeTinyStack } from "./support/tiny-stack.ts";

const staging = (offset: number, more = "") =>
  `environments:\n  staging: { kind: staging, portOffset: ${offset}${more} }\n`;

/** A mistake: its exit code, what the one line must say, and nothing of the project on the engine. */
async function refused(
  engine: Engine,
  installation: TestInstallation,
  result: VerbResult,
  exitCode: 1 | 2,
  ...said: (string | RegExp)[]
) {
  const lines = result.stderr.split("\n").filter((line) => /^(error|bug):/.test(line));
  expect(lines, result.stderr).toHaveLength(1);
  for (const part of said) expect(lines[0]).toMatch(part);
  expect(result.exitCode).toBe(exitCode);
  const containers = await engine.docker.listContainers({ all: true });
  expect(containers.filter(({ Names }) => Names.some((name) => name.includes(installation.project)))).toEqual([]);
}

describe("a mistake is one clear line and changes nothing", () => {
  let engine: Engine;
  let installation: TestInstallation;
  const deploy = (...flags: string[]) => installation.run("deploy:staging", ...flags);
  beforeAll(async () => {
    engine = await connectEngine("local");
  });
  afterAll(() => engine.close());

  async function given(settings: string, run: () => Promise<void>): Promise<void> {
    await using created = createInstallation(settings);
    installation = created;
    writeTinyStack(created);
    await run();
  }

  it("wrong flags end with 2", () =>
    given(staging(14_000), async () => {
      await refused(engine, installation, await deploy("--env", "tablet"), 2, /tablet.*laptop, server/);
      await refused(engine, installation, await deploy("--fast"), 2, /unknown option '--fast'.*--help/);
      await refused(
        engine,
        installation,
        await installation.run("status", "--staging", "--production"),
        2,
        /exclude each other/,
      );
      await refused(engine, installation, await installation.run("logs"), 2, /missing required argument 'service'/);
    }));

  it("wrong settings name file, line and field", () =>
    given(staging(14_000), async () => {
      installation.write("understudy.yml", "project: [\n");
      await refused(engine, installation, await deploy(), 1, /understudy\.yml:\d+:\d+: /);
      installation.write(
        "understudy.yml",
        `project: ${installation.project}\nenvironments:\n  staging: { kind: stage }\n`,
      );
      await refused(engine, installation, await deploy(), 1, /understudy\.yml:3: environments\.staging\.kind/);
    }));

  it("an environment that does not exist, or is of the other kind", () =>
    given(`${staging(14_000)}  live: { kind: production }\n`, async () => {
      await refused(engine, installation, await deploy("--environment", "prod"), 1, /"prod".*staging, live/);
      await refused(engine, installation, await deploy("--environment", "live"), 1, /"live" is of kind production/);
    }));

  it("compose files: broken YAML, a key that is not supported, a service that does not exist", () =>
    given(staging(14_000), async () => {
      edit(installation, "compose/docker-compose.yml", "  web:\n", "  web:\n    privileged: true\n");
      await refused(engine, installation, await deploy(), 1, /docker-compose\.yml:\d+:\d+: service web.*privileged/);
      edit(installation, "compose/docker-compose.yml", "    privileged: true\n", "");
      edit(
        installation,
        "compose/docker-compose.yml",
        "      db:\n        condition",
        "      database:\n        condition",
      );
      await refused(engine, installation, await deploy(), 1, /database/);
      installation.write("compose/docker-compose.yml", "services:\n  web: [\n");
      await refused(engine, installation, await deploy(), 1, /docker-compose\.yml:\d+:\d+/);
    }));

  it("an image that neither a registry nor a recipe has", () =>
    given(staging(14_000), async () => {
      edit(installation, "compose/docker-compose.yml", "haproxy:3.0.11", "127.0.0.1:1/nobody/nothing:1.0");
      await refused(engine, installation, await deploy(), 1, /127\.0\.0\.1:1\/nobody\/nothing:1\.0/);
    }));

  it("a port that somebody else has", () =>
    given(staging(14_000), async () => {
      const server = createServer().listen(22_000, "127.0.0.1");
      await refused(engine, installation, await deploy(), 1, /22000 \(another program on the host\).*portOffset/);
      await new Promise((resolve) => server.close(resolve));
      expect(existsSync(join(installation.root, ".env.staging"))).toBe(false);
    }));

  it("an engine that is down, and a host that ssh does not reach", () =>
    given(`${staging(14_000)}  far: { kind: staging, host: "ssh://nobody@127.0.0.1:1" }\n`, async () => {
      await refused(
        engine,
        installation,
        await deploy("--environment", "far"),
        1,
        /ssh:\/\/nobody@127\.0\.0\.1:1 cannot be reached.*refused/,
      );
      await using down = createInstallation(
        staging(14_000).replace("kind: staging", 'kind: staging, host: "unix:///nowhere/docker.sock"'),
      );
      await refused(
        engine,
        down,
        await down.run("deploy:staging"),
        1,
        /unix:\/\/\/nowhere\/docker\.sock does not answer/,
      );
    }));

  it("a port offset that leaves the range", () =>
    given(staging(50_000), async () => {
      edit(installation, "compose/docker-compose.yml", "127.0.0.1:8000:8000", "127.0.0.1:18000:8000");
      await refused(engine, installation, await deploy(), 1, /68000/);
    }));
});

describe("a mistake about a stack that runs", () => {
  let engine: Engine;
  let installation: TestInstallation;
  const offset = 15_000;
  const deploy = (...flags: string[]) => installation.run("deploy:staging", "--env", "laptop", ...flags);
  const ids = async () =>
    (
      await engine.docker.listContainers({
        all: true,
        filters: { label: [`understudy.stack=${installation.project}-staging`] },
      })
    )
      .map(({ Id }) => Id)
      .sort();

  beforeAll(async () => {
    engine = await connectEngine("local");
    installation = createInstallation(`${staging(offset)}  second: { kind: staging, portOffset: ${offset} }\n`);
    writeTinyStack(installation);
    const first = await deploy();
    expect(first.exitCode, first.stderr).toBe(0);
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
    await engine.close();
  });

  const idOf = async (service: string) =>
    (await engine.docker.getContainer(`${installation.project}-staging-${service}`).inspect()).Id;

  /** Run, expect one line, and the same containers as before. */
  async function unchanged(run: () => Promise<VerbResult>, ...said: RegExp[]) {
    const before = await ids();
    const { exitCode, stderr } = await run();
    for (const part of said) expect(stderr).toMatch(part);
    expect(stderr).not.toMatch(/^bug:/m);
    expect(exitCode).toBe(1);
    expect(await ids()).toEqual(before);
  }

  it("the second environment on the same ports is told which offset to set", () =>
    unchanged(
      () => installation.run("deploy:staging", "--environment", "second"),
      /23000 \(environment staging, container .*-web\).*portOffset.*\(\d+ would do\)/,
    ));

  it("a missing or empty variable is named", async () => {
    const text = installation.read(".env.staging");
    installation.write(".env.staging", text.replace(/^POSTGRES_PASSWORD=.*$/m, "POSTGRES_PASSWORD="));
    await unchanged(deploy, /lacks a value for POSTGRES_PASSWORD/);
    installation.write(".env.staging", text);
  });

  it("a secret file that others can read", async () => {
    chmodSync(join(installation.root, ".env.staging"), 0o644);
    await unchanged(deploy, /can be read by others.*chmod 600/);
    chmodSync(join(installation.root, ".env.staging"), 0o600);
  });

  it("the wrong passphrase for the state", async () => {
    const text = installation.read(".env.staging");
    installation.write(
      ".env.staging",
      text.replace(/^PULUMI_CONFIG_PASSPHRASE=.*$/m, "PULUMI_CONFIG_PASSPHRASE=something-else"),
    );
    await unchanged(() => deploy("--refresh"), /passphrase for the state of staging is wrong/);
    installation.write(".env.staging", text);
  });

  it("a missing environment file while the data is there", async () => {
    const text = installation.read(".env.staging");
    installation.write(".env.staging.away", text);
    rmSync(join(installation.root, ".env.staging"));
    await unchanged(deploy, /\.env\.staging is missing, but the data of staging is there/);
    installation.write(".env.staging", text);
    chmodSync(join(installation.root, ".env.staging"), 0o600);
  });

  it("containers that the state does not know are not taken for leftovers", async () => {
    renameSync(join(installation.root, ".understudy"), join(installation.root, ".understudy.away"));
    await unchanged(deploy, /staging runs 2 containers that the Pulumi state does not know \(.*db.*\)/);
    rmSync(join(installation.root, ".understudy"), { recursive: true });
    renameSync(join(installation.root, ".understudy.away"), join(installation.root, ".understudy"));
  });

  it("a lock that somebody removes ends the run that held it, and the next one goes on", async () => {
    edit(installation, "compose/docker-compose.yml", "interval: 2s", "interval: 5s");
    const child = installation.start("deploy:staging", "--env", "laptop");
    const end = finished(child);
    const lock = engine.docker.getContainer(`${installation.project}-staging-lock`);
    await expect
      .poll(
        () =>
          lock.remove({ force: true }).then(
            () => "removed",
            () => "not yet",
          ),
        { timeout: 30_000, interval: 20 },
      )
      .toBe("removed");
    expect(await end).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("The lock of staging was lost") });
    expect((await deploy()).exitCode).toBe(0);
  });

  it("a volume whose driver options changed is not replaced", async () => {
    const text = installation.read("compose/docker-compose.yml");
    edit(
      installation,
      "compose/docker-compose.yml",
      "  data: {}",
      "  data: { driver_opts: { type: tmpfs, device: tmpfs } }",
    );
    await unchanged(deploy, /would replace the data volume data/);
    installation.write("compose/docker-compose.yml", text);
  });

  /** For what will not become healthy; what shall is waited for as long as ever. */
  const deployInHaste = async () => {
    edit(installation, "understudy.yml", "kind: staging,", "kind: staging, healthTimeoutSeconds: 8,");
    const result = await deploy();
    edit(installation, "understudy.yml", " healthTimeoutSeconds: 8,", "");
    return result;
  };

  it("a service that never gets healthy: its state and last words, and the others left alone", async () => {
    edit(
      installation,
      "compose/docker-compose.yml",
      "exec 3<>/dev/tcp/127.0.0.1/8000",
      "exec 3<>/dev/tcp/127.0.0.1/8001",
    );
    const database = await idOf("db");
    const { exitCode, stderr } = await deployInHaste();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/web is not healthy: no healthy answer within 8 s\n {2}state: running, 0 restarts/);
    expect(stderr).toContain("pnpm logs web");
    expect(await idOf("db")).toBe(database);
    edit(
      installation,
      "compose/docker-compose.yml",
      "exec 3<>/dev/tcp/127.0.0.1/8001",
      "exec 3<>/dev/tcp/127.0.0.1/8000",
    );
    expect((await deploy()).exitCode).toBe(0);
  });

  it("a service that keeps ending: its exit code", async () => {
    const text = installation.read("compose/web.cfg");
    installation.write("compose/web.cfg", "nonsense\n");
    const { exitCode, stderr } = await deployInHaste();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/web is not healthy/);
    expect(stderr).toMatch(/exit code 1|restarts/);
    expect(stderr).toMatch(/nonsense/);
    installation.write("compose/web.cfg", text);
    expect((await deploy()).exitCode).toBe(0);
  });
});

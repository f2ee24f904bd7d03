import { setTimeout as sleep } from "node:timers/promises";
import { exec, label } from "@understudy/core";
import { connect } from "@understudy/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckResult } from "../src/checks/check.ts";
import { cpu } from "../src/checks/defaults/cpu.ts";
import { databaseLogin } from "../src/checks/defaults/database-login.ts";
import { host } from "../src/checks/defaults/host.ts";
import { logErrors } from "../src/checks/defaults/log-errors.ts";
import { memory } from "../src/checks/defaults/memory.ts";
import { postgres } from "../src/checks/defaults/postgres.ts";
import { volumes } from "../src/checks/defaults/volumes.ts";
import { type CheckDefinition, define } from "../src/checks/registry.ts";
import { runCheck } from "../src/checks/run-check.ts";
import { type SmallStack, smallStack } from "./support/check-containers.ts";

const container = (service: string) => define({ name: `${service} container`, type: "container", service });
const mebibyte = 1_048_576;

/** Small containers of the test's own, each with one thing wrong: what is said of it is the right cause. */
describe("the cause that is found", () => {
  let stack: SmallStack;
  let image: string;
  const shell = (script: string) => ({ Image: image, Cmd: ["bash", "-c", script] });
  const docker = (service: string) => stack.engine.docker.getContainer(stack.name(service));
  const until = async (look: () => Promise<CheckResult>, seen: RegExp) => {
    await expect.poll(async () => (await look()).seen, { timeout: 30_000, interval: 300 }).toMatch(seen);
    return await look();
  };

  beforeAll(async () => {
    stack = await smallStack();
    image = await stack.image("toolbox");
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it("of a container that is well: none", async () => {
    await stack.add("well", shell("sleep 1000"));
    expect(await stack.look(container("well"))).toMatchObject({
      status: "healthy",
      seen: expect.stringMatching(/^runs for \d+ s, 0 restarts$/),
      figures: { restarts: 0 },
    });
  });

  it("of one that is not there, stopped or paused", async () => {
    expect(await stack.look(container("nobody"))).toMatchObject({
      status: "unhealthy",
      seen: "nobody has no container",
    });
    const old = "echo 'permission denied, long ago'; trap 'exit 3' TERM; while :; do sleep 0.1; done";
    await stack.add("resting", shell(old));
    await docker("resting").pause();
    expect(await stack.look(container("resting"))).toMatchObject({
      status: "unhealthy",
      seen: "resting is paused",
      next: `docker unpause ${stack.name("resting")}`,
    });
    await docker("resting").unpause();
    await docker("resting").stop();
    const { seen, next } = await stack.look(container("resting"));
    expect([seen, next]).toEqual(["resting does not run: exited, exit code 3, 0 restarts", "pnpm logs resting"]);
  });

  it("of one that was taken off a network, and off all", async () => {
    await stack.add("lonely", shell("sleep 1000"), {}, ["internal", "egress"]);
    const leave = (network: string) =>
      stack.engine.docker.getNetwork(stack.onHost(network)).disconnect({ Container: stack.name("lonely") });
    await leave("internal");
    const { seen, next } = await stack.look(container("lonely"));
    expect(seen).toBe("lonely is not on network internal");
    expect(next).toBe(`docker network connect --alias lonely ${stack.onHost("internal")} ${stack.name("lonely")}`);
    await leave("egress");
    expect((await stack.look(container("lonely"))).seen).toBe("lonely is on no network");
  });

  it("of one that lacks a volume of the compose files", async () => {
    const mount = { type: "volume" as const, source: "data", target: "/data", readOnly: false };
    await stack.add("bare", shell("sleep 1000"), { volumes: [mount] });
    expect((await stack.look(container("bare"))).seen).toBe("volume /data is not mounted");
  });

  it("of one that ends again and again: what its log says", async () => {
    await stack.add("ending", {
      ...shell(`sleep 0.3; echo 'FATAL:  password authentication failed for user "n8n"'; exit 7`),
      HostConfig: { RestartPolicy: { Name: "always" } },
    });
    const result = await until(() => stack.look(container("ending")), /[2-9] restarts/);
    expect(result.status).toBe("unhealthy");
    expect(result.seen).toMatch(/exit code 7/);
    expect(result.seen).toMatch(/its log says: password authentication failed for user "n8n"$/);
    expect(result.lines?.join()).toContain("FATAL");
  });

  it("of one that ended by itself and runs again", async () => {
    await stack.add("stumbled", {
      ...shell("test -e /tmp/second && exec sleep 1000; touch /tmp/second; exit 7"),
      HostConfig: { RestartPolicy: { Name: "always" } },
    });
    // The engine tells of an end from the next full second on.
    const { status, seen } = await until(() => stack.look(container("stumbled")), /ended by itself with/);
    expect([status, seen]).toEqual([
      "unhealthy",
      expect.stringMatching(/^ended by itself with exit code 7 \d+ s ago, 1 restart$/),
    ]);
  });

  it("of one that lacks memory: the kernel killed it", async () => {
    await stack.add("starving", {
      ...shell("sleep 0.2; head -c 200m /dev/zero | tail | sleep 1000"),
      HostConfig: { Memory: 24 * mebibyte, MemorySwap: 24 * mebibyte, RestartPolicy: { Name: "always" } },
    });
    const result = await until(() => stack.look(container("starving")), /lacks memory/);
    expect(result).toMatchObject({ status: "unhealthy", next: expect.stringContaining("mem_limit") });
    expect(result.seen).toMatch(/^lacks memory \(limit 24 MiB\): the kernel killed a process of it/);
  });

  it("of one whose own health test fails: the words of the test", async () => {
    const test = {
      Test: ["CMD-SHELL", "echo no answer from the database; exit 1"],
      Interval: 3e8,
      Retries: 1,
      Timeout: 1e9,
    };
    await stack.add("ill", { ...shell("sleep 1000"), Healthcheck: test });
    const { status, seen } = await until(() => stack.look(container("ill")), /health test/);
    expect([status, seen]).toEqual(["unhealthy", "its own health test fails: no answer from the database"]);
  });

  it("of one that is well again since the engine last asked", async () => {
    const Test = ["CMD-SHELL", "sleep 0.1; test -e /tmp/well"];
    const anHour = 3_600e9;
    for (const [name, StartPeriod, seen] of [
      ["booting", anHour, /^is starting, for/],
      ["recovering", 0, /^its own health test fails/],
    ] as const) {
      const Healthcheck = { Test, Interval: 3e9, Retries: 1, Timeout: 5e9, StartPeriod };
      await stack.add(name, { ...shell("sleep 1000"), Healthcheck });
      expect((await until(() => stack.look(container(name)), seen)).status).not.toBe("healthy");
      await exec(stack.engine, stack.name(name), ["touch", "/tmp/well"]);
      expect((await stack.look(container(name))).status).toBe("healthy");
    }
  });

  it("of a volume that is full", async () => {
    const Name = stack.onHost("data");
    const DriverOpts = { type: "tmpfs", device: "tmpfs", o: "size=8m,mode=777" };
    await stack.engine.docker.createVolume({
      Name,
      DriverOpts,
      Labels: { [label.stack]: stack.name("").slice(0, -1) },
    });
    const mounts = [{ type: "volume" as const, source: "data", target: "/data", readOnly: false }];
    await stack.add("full", { ...shell("sleep 1000"), HostConfig: { Binds: [`${Name}:/data`] } }, { volumes: mounts });
    const { model, engine } = await stack.context();
    const [check] = volumes("full", model);
    if (!check) throw new Error("a volume of its own is not checked");
    expect((await stack.look(check)).status).toBe("healthy");
    await exec(engine, stack.name("full"), ["bash", "-c", "head -c 20m /dev/zero >/data/file"]);
    expect(await stack.look(check)).toMatchObject({
      status: "unhealthy",
      seen: "/data is 100 % full, 0 MiB free",
      expected: "at most 85 % full (critical above 95)",
    });
  });

  it("of memory that is nearly all taken", async () => {
    await stack.add("fat", {
      ...shell("(head -c 28m /dev/zero; sleep 1000) | tail"),
      HostConfig: { Memory: 32 * mebibyte, MemorySwap: 32 * mebibyte },
    });
    const { seen, status } = await until(() => stack.look(memory("fat")), /^(29|3\d) MiB of 32 MiB$/);
    expect(status, seen).not.toBe("healthy");
    expect((await stack.look(memory("well"))).status).toBe("healthy");
  });

  it("of a CPU limit that holds it back", async () => {
    await stack.add("slow", { ...shell("while :; do :; done"), HostConfig: { NanoCpus: 100_000_000 } });
    const check = cpu("slow");
    const { seen } = await until(() => stack.look(check), /held back by its limit [1-9]\d/);
    expect((await stack.look(check)).status, seen).toBe("degraded");
  });

  it("of a start that took all the CPU it could get: none", async () => {
    const script = "timeout 2 bash -c 'while :; do :; done'; echo started; sleep 1000";
    await stack.add("started", { ...shell(script), HostConfig: { NanoCpus: 100_000_000 } });
    await until(() => stack.look(logErrors("started")), /in 1 line$/);
    const { status, seen, ms } = await stack.look(cpu("started"));
    expect(status, seen).toBe("healthy");
    expect(ms, "it took a second look").toBeGreaterThanOrEqual(999);
  });

  it("of errors in the log, and of none", async () => {
    await stack.add(
      "noisy",
      shell('for i in {1..40}; do echo "ERROR: request $i failed"; done; echo ready; sleep 1000'),
    );
    const result = await until(() => stack.look(logErrors("noisy")), /^40 errors in 41 lines$/);
    expect(result).toMatchObject({ status: "degraded", lines: expect.arrayContaining(["ERROR: request 40 failed"]) });
    expect(await stack.look(logErrors("well"))).toMatchObject({ status: "healthy", seen: "0 errors in 0 lines" });
  });

  it("of a server that hangs while its container runs", async () => {
    await stack.add("hanging", shell("socat TCP-LISTEN:8000,fork EXEC:'sleep 1000'"));
    const ask = (definition: Partial<CheckDefinition>) =>
      stack.look(
        define({ name: "a", service: "hanging", port: 8_000, timeout: "1s", ...definition } as CheckDefinition),
      );
    await until(() => ask({ type: "tcp" }), /^connected/);
    expect((await ask({ type: "http" })).seen).toMatch(/:8000 does not answer within 1 s$/);
    expect((await ask({ type: "http", port: 8_001 } as never)).seen).toMatch(/:8001 refuses connections$/);
  });

  it("of a service that cannot be asked: at once, not after a timeout", async () => {
    await docker("hanging").pause();
    const check = define({ name: "a", type: "http", service: "hanging", port: 8_000, timeout: "20s" });
    const { seen, ms } = await stack.look(check);
    expect(seen).toBe("hanging is paused");
    expect(ms).toBeLessThan(100);
  });

  it("of a remote host: asked through a container of the stack", async () => {
    const here = await stack.context();
    const context = { ...here, engine: { ...here.engine, remote: true } };
    for (const check of host()) {
      const near = await runCheck(check, here);
      const far = await runCheck(check, context);
      expect([check.name, far.status, Object.keys(far.figures ?? {})]).toEqual([
        check.name,
        near.status,
        Object.keys(near.figures ?? {}),
      ]);
      for (const value of Object.values(far.figures ?? {})) expect(value, check.name).not.toBeNaN();
    }
  });

  it("of a command in a container", async () => {
    const run = (command: string | [string, ...string[]], more: object = {}) =>
      stack.look(define({ name: "a", type: "command", service: "well", run: command, ...more }));
    expect(await run("echo 5", { thresholds: { warning: 3 } })).toMatchObject({ status: "degraded", seen: "5" });
    expect(await run(["cat", "/nowhere"])).toMatchObject({
      status: "unhealthy",
      seen: "exit code 1",
      lines: ["cat: /nowhere: No such file or directory"],
    });
    expect((await run("sleep 60", { timeout: "500ms" })).seen).toBe("no answer within 0.5 s");
  });
});

describe("what is found of Postgres", () => {
  let stack: SmallStack;
  const password = "right-password";
  const login = async () => {
    const { reach, containers } = await stack.context();
    const info = containers.get("postgres");
    if (!info) throw new Error("Postgres has no container");
    return { ...(await reach.address(info, 5432)), user: "postgres", password, database: "postgres", timeout: 5_000 };
  };
  const sql = async (...statements: string[]) => {
    await using session = await connect(await login());
    for (const statement of statements) await session.query(statement);
  };
  const look = async (name: string, changes: object = {}) => {
    const check = postgres().find((one) => one.name === `postgres ${name}`);
    if (!check) throw new Error(`there is no check postgres ${name}`);
    return await stack.look({ ...check, ...changes });
  };

  beforeAll(async () => {
    stack = await smallStack();
    const command = ["postgres", "-c", "max_connections=12", "-c", "fsync=off", "-c", "autovacuum=off"];
    const Env = [`POSTGRES_PASSWORD=${password}`, "APP_DB_PASSWORD=app-password"];
    await stack.add("postgres", { Image: await stack.image("postgres"), Cmd: command, Env });
    for (let tries = 0; (await look("query")).status !== "healthy" && tries < 100; tries++) await sleep(300);
    await sql("CREATE ROLE app LOGIN PASSWORD 'app-password'", "CREATE DATABASE app OWNER app");
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it("is well", async () => {
    for (const { name, look: _, ...check } of postgres()) {
      expect(await look(name.replace("postgres ", ""), check), name).toMatchObject({ status: "healthy" });
    }
  });

  it("is a wrong password, of the role that it is about", async () => {
    await sql("ALTER ROLE app PASSWORD 'another'");
    expect(await look("app database")).toMatchObject({
      status: "unhealthy",
      seen: 'the password of Postgres user "app" is wrong',
      next: expect.stringContaining("ALTER ROLE"),
    });
    expect((await look("query")).status).toBe("healthy");
    await sql("ALTER ROLE app PASSWORD 'app-password'");
  });

  it("is a database that is missing", async () => {
    const missing = databaseLogin("a", "postgres", ({ APP_DB_PASSWORD = "" }) => {
      return { host: "postgres", port: 5432, user: "app", password: APP_DB_PASSWORD, database: "gone" };
    });
    expect((await stack.look(missing)).seen).toBe('Postgres has no database "gone"');
  });

  it("is how many connections are used, and that there are none left", async () => {
    const options = await login();
    const sessions = await Promise.all(Array.from({ length: 10 }, () => connect(options)));
    expect(await look("connections")).toMatchObject({ status: "degraded", seen: "11 of 12 connections" });
    sessions.push(await connect(options), await connect(options));
    expect(await look("connections")).toMatchObject({ status: "unhealthy", seen: expect.stringContaining("too many") });
    await Promise.all(sessions.map((session) => session.close()));
    await expect.poll(async () => (await look("connections")).status).toBe("healthy");
  });

  it("is a transaction that stays open: whose it is, not what it says", async () => {
    await using session = await connect(await login());
    await session.query("BEGIN");
    await session.query("SELECT 'somebody''s secret'");
    const thresholds = { warning: 0.1, unit: "s", bad: "above" };
    await sleep(300);
    const result = await look("longest transaction", { thresholds });
    expect(result).toMatchObject({
      status: "degraded",
      seen: expect.stringMatching(/^\d+ s: pid \d+ of postgres, idle in transaction$/),
    });
    expect(JSON.stringify(result)).not.toContain("secret");
  });

  it("is no error of its own when clients make them", async () => {
    for (let wrong = 0; wrong < 40; wrong++) {
      await connect({ ...(await login()), password: "wrong" }).catch(() => {});
    }
    expect(await stack.look(logErrors("postgres"))).toMatchObject({ status: "healthy", figures: { log_errors: 0 } });
  });

  it("is a table that is mostly dead rows", async () => {
    await sql("CREATE TABLE worn AS SELECT generate_series(1, 30000) AS id", "DELETE FROM worn WHERE id > 5000");
    const { status, seen } = await until(() => look("dead rows"), /worn/);
    expect([status, seen]).toEqual(["degraded", "postgres: public.worn: 25000 rows, 83.3 %"]);
    await sql("VACUUM worn");
    await until(() => look("dead rows"), /^no table/);
  });

  it("is a replication slot that nobody reads", async () => {
    await sql("SELECT pg_create_physical_replication_slot('lost', true)");
    expect(await look("replication")).toMatchObject({
      status: "degraded",
      seen: expect.stringMatching(/^1 replication slot without a replica, keeping \d+ MiB$/),
    });
    await sql("SELECT pg_drop_replication_slot('lost')");
  });

  it("is what a query of one's own says", async () => {
    const ask = (more: object) =>
      stack.look(define({ name: "a", type: "postgres", query: "SELECT 7 AS jobs", ...more }));
    expect(await ask({ expect: { value: { below: 10 }, rows: 1 } })).toMatchObject({
      status: "healthy",
      seen: "value 7",
    });
    expect(await ask({ expect: { value: 8 } })).toMatchObject({
      status: "unhealthy",
      seen: "value 7",
      expected: "value 8",
    });
    expect((await ask({ thresholds: { warning: 5, critical: 9 } })).status).toBe("degraded");
    expect((await ask({ query: "DROP TABLE worn" })).seen).toMatch(/read-only transaction/);
    expect((await ask({ query: "SELEC 1" })).seen).toMatch(/syntax error/);
    expect((await ask({ query: "SELECT pg_sleep(9)", timeout: "300ms" })).seen).toBe(
      "the statement took longer than 300 ms",
    );
    expect((await ask({ user: "app", password: "wrong", database: "app" })).seen).toMatch(
      /password of Postgres user "app" is wrong/,
    );
  });

  async function until(look: () => Promise<CheckResult>, seen: RegExp): Promise<CheckResult> {
    await expect.poll(async () => (await look()).seen, { timeout: 20_000, interval: 300 }).toMatch(seen);
    return await look();
  }
});

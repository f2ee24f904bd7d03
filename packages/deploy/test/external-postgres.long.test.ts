import { execFileSync } from "node:child_process";
import { connectEngine, type Engine } from "@understudy/core";
import { builtName } from "@understudy/images";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  externalSetting,
  type ManagedServer,
  startManagedServer,
  writeManagedOverlay,
} from "./support/managed-server.ts";
import { answers, PromotionStage } from "./support/promotion-stage.ts";
import { edit } from "./support/tiny-stack.ts";

/** The stage's service is too small to know of SCRAM. */
const plainLogins = "POSTGRES_HOST_AUTH_METHOD=password";

describe("a release that a staging of its own Postgres proved, in a production on a managed one", () => {
  let engine: Engine;
  let server: ManagedServer;
  let stage: PromotionStage;
  let trial = "";

  beforeAll(async () => {
    engine = await connectEngine("local");
    server = await startManagedServer(engine, "boss-Pass-1", [plainLogins]);
    stage = await PromotionStage.prepare(install);
  });
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    if (trial) await engine.docker.getImage(trial).remove({ force: true });
    await engine?.close();
  });

  /** Production's database is there before its first deploy, made by somebody with the passwords of its file. */
  const install = async (opened: PromotionStage) => {
    const { installation } = opened;
    trial = `${installation.project}/trial:1`;
    const recipe = `FROM ${await builtName("postgres")}\nENV ${plainLogins}\nLABEL understudy.recipe=""\n`;
    execFileSync("docker", ["build", "--quiet", "--tag", trial, "-"], { input: recipe, stdio: "pipe" });
    writeManagedOverlay(installation, server, trial);
    edit(
      installation,
      "understudy.yml",
      "production: { kind: production,",
      `production: { kind: production, compose: [compose/databases.yml], ${externalSetting(server)},`,
    );
    opened.commit("managed");
    expect((await installation.run("deploy:production", "--env", "laptop")).stderr).toContain(
      "Fill in POSTGRES_PASSWORD",
    );
    edit(installation, ".env.production", "POSTGRES_PASSWORD=\n", "POSTGRES_PASSWORD=boss-Pass-1\n");
    const { APP_DB_PASSWORD } = installation.env("production");
    await server.sql(
      "postgres",
      `CREATE ROLE app LOGIN PASSWORD '${APP_DB_PASSWORD}'; GRANT app TO boss; CREATE DATABASE app OWNER app`,
    );
    await server.sql(
      "app",
      "SET ROLE app; CREATE TABLE notes (id serial PRIMARY KEY, note text NOT NULL); CREATE TABLE schema_migrations (version text PRIMARY KEY)",
    );
    await installation.json("deploy:production", "--env", "laptop");
    await opened.deploySecondRelease();
  };
  const notes = async () => (await server.sql("app", "SELECT note FROM notes ORDER BY id")).split("\n").filter(Boolean);

  it("is promoted, with the gateway as it was, and taken back with its data", async () => {
    const before = await stage.containers();
    await stage.note("before");
    await stage.prove();
    const { tag, backup } = await stage.installation.json<{ tag: string; backup: string }>("promote", "--yes");
    expect(backup).toMatch(/^backup-/);
    expect(await stage.serves()).toBe(answers.second);
    expect((await stage.containers()).postgres).toBe(before.postgres);
    await stage.note("after");
    expect((await stage.installation.json<{ changes: object }>("deploy:production")).changes).toMatchObject({
      replace: 0,
    });
    await stage.installation.json("rollback", "--tag", tag, "--with-data", "--yes");
    expect(await stage.serves()).toBe(answers.first);
    expect(await notes()).toEqual(["before"]);
    expect((await stage.containers()).postgres).toBe(before.postgres);
  });
});

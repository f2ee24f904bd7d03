import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { edit } from "../../deploy/test/support/tiny-stack.ts";
import { type DockerAgent, dockerAgent } from "../../peers/test/support/docker-agent.ts";
import { appPolicy } from "./support/copy-policy.ts";
import type { Garden } from "./support/planted.ts";
import { footprint } from "./support/production-footprint.ts";
import { fillSmallStage, openSmallStage, served } from "./support/small-stage.ts";
import type { Stage } from "./support/stage.ts";

const offsets = { staging: 24_500, production: 24_600 };

describe("production that is reached by nothing but its agent", () => {
  let stage: Stage;
  let garden: Garden;
  let agent: DockerAgent;

  beforeAll(async () => {
    stage = await openSmallStage(offsets);
    garden = await fillSmallStage(stage, 500);
    stage.installation.write("sanitize.yml", appPolicy);
    agent = await dockerAgent([stage.installation.root]);
    const production = "production: { kind: production,";
    edit(stage.installation, "understudy.yml", production, `${production} host: "${agent.host}",`);
  });
  afterAll(async () => {
    await agent?.[Symbol.asyncDispose]();
    await stage?.[Symbol.asyncDispose]();
  });

  it("is looked at as every other", async () => {
    const { exitCode, stdout, stderr } = await stage.installation.run("status", "--production", "--json");
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout).services.map(({ name }: { name: string }) => name)).toContain("postgres");
  });

  it("is copied, masked, and left as it was", async () => {
    const before = await footprint(stage);
    const { exitCode, stderr } = await stage.installation.run("sync:production", "--only", "postgres", "--yes");
    expect(exitCode, stderr).toBe(0);
    expect(await served(stage)).toBe("new");
    expect(await footprint(stage)).toBe(before);
    const count = "SELECT count(*) FROM crm.customers";
    expect(await stage.sql("staging", "app", count)).toBe(await stage.sql("production", "app", count));
    const dump = await stage.exec("staging", "postgres", ["pg_dump", "-U", "postgres", "app"]);
    expect(garden.planted.filter(({ trace }) => dump.includes(trace))).toEqual([]);
  });

  it("that does not let us through any more is said, and staging serves on", async () => {
    await agent[Symbol.asyncDispose]();
    const { exitCode, stderr } = await stage.installation.run("sync:production", "--only", "postgres", "--yes");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/agent:\/\/127\.0\.0\.1:\d+ cannot be reached/);
    expect(await served(stage)).toBe("new");
  });
});

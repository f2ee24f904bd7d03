import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chain, code, webhook } from "../../health/test/support/workflow-n8n.ts";
import type { MigrateReport } from "../src/migrate/report.ts";
import { TwoN8ns } from "./support/two-n8ns.ts";

/** In order: each goes on from what the one before left. */
describe("workflow migrations at deploys and promotions", () => {
  let stage: TwoN8ns;
  let id = "";
  const names = (environment: "staging" | "production") =>
    stage.sql(environment, "SELECT name FROM workflow_entity ORDER BY 1");

  beforeAll(async () => {
    stage = await TwoN8ns.open();
    const { api } = await stage.n8n("staging");
    ({ id } = await api.create(
      { name: "Orders", ...chain(webhook("promoted"), code("Say", "return [{ json: { ok: 1 } }];")) },
      true,
    ));
    await stage.installation.json("n8n:create-migration", "Orders");
    stage.commit("Orders");
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  it("come with the deploy of a staging, which goes on where one is in the way", async () => {
    await stage.sql(
      "staging",
      `DELETE FROM migration_metadata; UPDATE workflow_entity SET name = 'Own' WHERE id = '${id}'`,
    );
    const { exitCode, stderr } = await stage.installation.run("deploy:staging");
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('was not applied: "Orders" is here already, and is another one');
    expect(await names("staging")).toBe("Own");
    await stage.installation.json("n8n:migrate-up", "--staging", "--theirs");
    expect(await names("staging")).toBe("Orders");
  });

  it("come back after a copy of production's data, and nothing of them is live there", async () => {
    await stage.installation.json("sync:production", "--only", "postgres", "--yes");
    expect(await names("staging")).toBe("Orders");
    expect(await stage.sql("staging", `SELECT active FROM workflow_entity WHERE id = '${id}'`)).toBe("f");
    expect(await stage.installation.json<MigrateReport>("n8n:migrate-up", "--staging")).toMatchObject({ pending: 0 });
  });

  it("stop a promotion before anything in production is changed", async () => {
    const check = await stage.installation.run("promote", "--check");
    expect(check.exitCode, check.stdout + check.stderr).toBe(0);
    const own = `INSERT INTO workflow_entity (id, name, active, nodes, connections, "versionId") VALUES ('${id}', 'Own', false, '[]', '{}', gen_random_uuid())`;
    await stage.sql("production", own);
    const before = stage.installation.steps("production").length;
    const { exitCode, stderr } = await stage.installation.run("promote", "--yes");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Workflow migrations do not fit production");
    expect(stage.installation.steps("production", before)).toEqual([
      "recover",
      "gates",
      "rehearse workflow migrations",
      "end",
    ]);
    expect(await names("production")).toBe("Own");
    expect(await stage.sql("production", "SELECT count(*) FROM pg_tables WHERE tablename = 'migration_metadata'")).toBe(
      "0",
    );
  });

  it("come with a promotion, and are live", async () => {
    await stage.sql("production", `DELETE FROM workflow_entity WHERE id = '${id}'`);
    const { exitCode, stdout, stderr } = await stage.installation.run("promote", "--yes");
    expect(exitCode, stdout + stderr).toBe(0);
    expect(await names("production")).toBe("Orders");
    await stage.answers("production", "promoted", { ok: 1 });
    expect(await stage.installation.json<MigrateReport>("n8n:migrate-up", "--production")).toMatchObject({
      applied: [],
      pending: 0,
    });
  });
});

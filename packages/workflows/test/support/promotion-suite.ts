import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chain, code, webhook } from "../../../health/test/support/workflow-n8n.ts";
import { MigrationFolder } from "../../src/file/folder.ts";
import type { MigrateReport } from "../../src/migrate/report.ts";
import type { StatusReport } from "../../src/status/status.ts";
import { exampleContent, exampleMigration } from "../../src/testing/example.ts";
import { TwoN8ns, withParameters } from "./two-n8ns.ts";

/**
 * In order: each goes on from what the one before left.
 * @param whole with what CI has no time for
 */
export function workflowPromotionSuite({ whole }: { readonly whole: boolean }): void {
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
      expect(
        await stage.sql("production", "SELECT count(*) FROM pg_tables WHERE tablename = 'migration_metadata'"),
      ).toBe("0");
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

    const pending = async () => {
      const report = await stage.installation.json<StatusReport>("n8n:status", "--production");
      return report.environments[0]?.pending.length;
    };
    const isLive = (name: string) =>
      stage.sql("production", `SELECT active FROM workflow_entity WHERE name = '${name}'`);

    it("are proven by staging: the next version of a workflow, and a new one", async () => {
      await stage.save("staging", id, ({ nodes }) => ({
        nodes: withParameters(nodes, "Say", { jsCode: "return [{ json: { ok: 2 } }];" }),
      }));
      const { api } = await stage.n8n("staging");
      await api.create({ name: "New", ...chain(webhook("new"), code("Say", "return [{ json: { new: 1 } }];")) });
      await stage.installation.json("n8n:create-migration", "Orders", "New", "--publish");
      stage.commit("Orders, the next version, and New");
      await stage.installation.json("deploy:staging");
      const { exitCode, stdout, stderr } = await stage.installation.run("promote", "--check");
      expect(exitCode, stdout + stderr).toBe(0);
    });

    if (whole)
      it("go back with a promotion that fails: here n8n's API key has no right to publish", async () => {
        await stage.giveKeyTo("production", "global:member");
        const { exitCode, stderr } = await stage.installation.run("promote", "--yes");
        await stage.giveKeyTo("production", "global:owner");
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(/is not well: Workflow migrations do not fit production: .* runs what it ran before/);
        expect(await pending()).toBe(2);
        await stage.answers("production", "promoted", { ok: 1 });
        expect(
          await stage.sql("production", `SELECT nodes::text LIKE '%ok: 1%' FROM workflow_entity WHERE id = '${id}'`),
        ).toBe("t");
        expect(await isLive("New")).toBe("f");
      });

    it("go back with a rollback, and come again with the next promotion", async () => {
      const { tag } = await stage.installation.json<{ tag: string }>("promote", "--yes");
      await stage.answers("production", "promoted", { ok: 2 });
      await stage.answers("production", "new", { new: 1 });
      expect(await pending()).toBe(0);

      const planned = await stage.installation.json<{ workflows: string[] }>("rollback", "--tag", tag, "--dry-run");
      expect(planned.workflows).toHaveLength(2);
      expect(await pending()).toBe(0);
      const { present, workflows } = await stage.installation.json<{ present: string; workflows: string[] }>(
        "rollback",
        ...["--tag", tag, "--yes"],
      );
      expect(workflows).toEqual(planned.workflows);
      await stage.answers("production", "promoted", { ok: 1 });
      expect(await isLive("New")).toBe("f");
      expect(await pending()).toBe(2);
      // Only what belongs to the release that runs comes with a deploy that repairs.
      await stage.installation.json("deploy:production", "--refresh");
      expect(await pending()).toBe(2);

      await stage.installation.json("rollback", "--tag", present, "--yes");
      await stage.answers("production", "promoted", { ok: 2 });
      await stage.answers("production", "new", { new: 1 });
      expect(await pending()).toBe(0);
    });

    if (whole)
      it("come again once data of before them was restored, though nothing else changed", async () => {
        const { id: backup } = await stage.installation.json<{ id: string }>("backup", "--environment", "staging");
        const content = exampleContent({ name: "Late" });
        const late = exampleMigration({ name: "20991231235959_late.sql", workflowId: "late", content });
        new MigrationFolder(stage.installation).write(late);
        await stage.installation.json("deploy:staging");
        expect(await names("staging")).toContain("Late");
        await stage.installation.json("backup:restore", backup, "--environment", "staging", "--yes");
        expect(await names("staging")).not.toContain("Late");
        await stage.installation.json("deploy:staging");
        expect(await names("staging")).toContain("Late");
      });
  });
}

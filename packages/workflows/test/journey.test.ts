import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf } from "../../../test/docs/page.ts";
import { runBlock } from "../../../test/docs/run-block.ts";
import { chain, code, node, webhook } from "../../health/test/support/workflow-n8n.ts";
import type { CreateReport } from "../src/create/report.ts";
import type { SyncReport } from "../src/create/sync-from-prod.ts";
import type { MigrateReport } from "../src/migrate/report.ts";
import type { RollbackReport } from "../src/rollback/rollback.ts";
import type { StatusReport } from "../src/status/status.ts";
import { TwoN8ns, withParameters } from "./support/two-n8ns.ts";

const path = "orders-journey";

/** In order: each goes on from what the one before left. */
describe("a workflow on its way between two n8ns", () => {
  let stage: TwoN8ns;
  let caller = "";
  let called = "";
  const verb = <Report>(name: string, ...flags: string[]) => stage.installation.json<Report>(name, ...flags);
  const folder = () => join(stage.installation.root, "workflows/migrations");
  const files = () => (existsSync(folder()) ? readdirSync(folder()).filter((name) => name.endsWith(".sql")) : []);
  const run = (name: string, ...flags: string[]) => stage.installation.run(name, ...flags);
  /** The commands of a page, to be run in their order. Each gives what it printed, once it ended as the page says. */
  const pageOf = (page: string) =>
    blocksOf(page)
      .filter(({ language }) => language === "bash")
      .map((block) => async () => {
        const { exitCode, stdout, stderr } = await runBlock(stage.installation, block);
        expect(exitCode, stdout + stderr).toBe(block.exitCode);
        return stdout;
      });
  const environmentOf = (report: StatusReport, name: string) =>
    report.environments.find(({ environment }) => environment === name);

  beforeAll(async () => {
    stage = await TwoN8ns.open();
    const credential = await stage.databaseCredential("staging", "The database");
    await stage.databaseCredential("production", "The database");
    await stage.sql("staging", "CREATE TABLE place AS SELECT 'staging' AS name");
    await stage.sql("production", "CREATE TABLE place AS SELECT 'production' AS name");
    const { api } = await stage.n8n("staging");
    const trigger = node("Start", "executeWorkflowTrigger", { inputSource: "passthrough" }, 1.1);
    const sub = await api.create(
      {
        name: "Greeting",
        ...chain(trigger, code("Greet", "return [{ json: { said: 'hello from ' + $input.first().json.name } }];")),
      },
      true,
    );
    called = sub.id;
    const ask = node(
      "Ask",
      "postgres",
      { operation: "executeQuery", query: "SELECT name FROM public.place", options: {} },
      2.6,
    );
    const login = { postgres: { id: credential, name: "The database" } };
    const call = node(
      "Call",
      "executeWorkflow",
      { workflowId: { __rl: true, mode: "id", value: called }, options: {} },
      1.2,
    );
    const made = await api.create(
      {
        name: "Orders",
        ...chain(webhook(path), code("Prepare", "return $input.all();"), { ...ask, credentials: login }, call),
      },
      true,
    );
    caller = made.id;
    await stage.answers("staging", path, { said: "hello from staging" });
  });

  afterAll(() => stage[Symbol.asyncDispose]());

  it("becomes files, with the workflow that it calls; unchanged, it becomes none", async () => {
    const alone = await verb<CreateReport>("n8n:create-migration", "Orders");
    expect(alone.missing).toEqual([{ id: called, name: "Greeting", caller: "Orders" }]);
    const both = await verb<CreateReport>("n8n:create-migration", "Orders", "--with-dependencies");
    expect(both).toMatchObject({ unchanged: ["Orders"], created: [{ workflow: "Greeting", publish: true }] });
    expect(files()).toHaveLength(2);
    const again = await verb<CreateReport>("n8n:create-migration", "Orders", "Greeting");
    expect(again).toMatchObject({ created: [], unchanged: expect.arrayContaining(["Orders", "Greeting"]) });
    expect(await verb("n8n:validate")).toEqual({ migrations: 2, issues: [] });
    for (const file of files())
      expect(readFileSync(join(folder(), file), "utf8")).not.toContain(
        stage.installation.env("staging").POSTGRES_PASSWORD,
      );
  });

  it("goes live in the other one, callee first, and answers with that one's credential", async () => {
    const plan = await verb<MigrateReport>("n8n:migrate-up", "--production", "--dry-run");
    expect(plan).toMatchObject({ pending: 0, conflicts: [], problems: [] });
    expect(await stage.sql("production", "SELECT count(*) FROM workflow_entity")).toBe("0");
    const report = await verb<MigrateReport>("n8n:migrate-up", "--production");
    expect(report).toMatchObject({ pending: 0, published: ["Greeting", "Orders"] });
    expect(report.applied).toEqual(files());
    await stage.answers("production", path, { said: "hello from production" });
    const again = await verb<MigrateReport>("n8n:migrate-up", "--production");
    expect(again).toMatchObject({ applied: [], pending: 0, published: [] });
  });

  it("is updated there, and keeps executions, static data and what operators switched off", async () => {
    const { api } = await stage.n8n("production");
    await api.call("POST", `/workflows/${caller}/deactivate`, {});
    await stage.sql(
      "production",
      `UPDATE workflow_entity SET "staticData" = '{"global":{"seen":7}}' WHERE id = '${caller}'`,
    );
    const executions = await stage.sql("production", "SELECT count(*), max(id) FROM execution_entity");
    await stage.save("staging", called, ({ nodes }) => ({
      nodes: withParameters(nodes, "Greet", { jsCode: "return [{ json: { said: 'hi' } }];" }),
    }));
    await stage.save("staging", caller, ({ nodes }) => ({
      nodes: withParameters(nodes, "Prepare", { jsCode: "return [{ json: {} }];" }),
    }));
    await verb("n8n:create-migration", "Orders", "Greeting");
    const report = await verb<MigrateReport>("n8n:migrate-up", "--production");
    expect(report.applied).toHaveLength(2);
    expect(await stage.sql("production", `SELECT "staticData" FROM workflow_entity WHERE id = '${caller}'`)).toBe(
      '{"global":{"seen":7}}',
    );
    expect(await stage.sql("production", "SELECT count(*), max(id) FROM execution_entity")).toBe(executions);
    expect((await api.get(caller)).active).toBe(false);
    expect(report.published).toEqual(["Greeting"]);
    await api.call("POST", `/workflows/${caller}/activate`, {});
    await stage.answers("production", path, { said: "hi" });
  });

  it("comes back from production on a branch of its own, with the text of a pull request", async () => {
    stage.commit("migrations");
    await stage.save("production", caller, ({ nodes }) => ({
      nodes: withParameters(nodes, "Prepare", { jsCode: "return [{ json: { by: 'production' } }];" }),
    }));
    const before = stage.git("status", "--porcelain=v2", "--branch");
    const report = await verb<SyncReport>("n8n:sync-from-prod");
    expect(report).toMatchObject({
      created: [{ workflow: "Orders", workflowId: caller }],
      branch: "prod-sync",
      pushed: false,
    });
    expect(report.body).toContain("parameters.jsCode");
    expect(stage.git("status", "--porcelain=v2", "--branch")).toBe(before);
    const second = await verb<SyncReport>("n8n:sync-from-prod");
    expect(second.commit).toBe(report.commit);
    stage.git("merge", "--quiet", "--ff-only", "prod-sync");
    expect(files().filter((name) => name.includes("_prod_sync_"))).toHaveLength(1);
    expect(await verb<MigrateReport>("n8n:migrate-up", "--staging")).toMatchObject({
      applied: [expect.stringContaining("_prod_sync_orders")],
      pending: 0,
    });
    expect(await verb<MigrateReport>("n8n:migrate-up", "--production")).toMatchObject({
      applied: [],
      unchanged: [expect.stringContaining("_prod_sync_orders")],
    });
    expect(await verb<SyncReport>("n8n:sync-from-prod")).toMatchObject({ created: [], branch: null });
  });

  it("that both changed is a conflict: shown node by node, and nothing is written over", async () => {
    await stage.save("staging", caller, ({ nodes }) => ({
      nodes: withParameters(nodes, "Prepare", { jsCode: "return 'staging';" }),
    }));
    await verb("n8n:create-migration", "Orders");
    await stage.save("production", caller, ({ nodes }) => ({
      nodes: withParameters(nodes, "Prepare", { jsCode: "return 'production';" }),
    }));
    const [conflict, ...resolve] = pageOf("docs/workflow-conflicts.md");
    const stdout = (await conflict?.()) ?? "";
    expect(stdout).toContain("was changed here since the migration was made");
    expect(stdout).toContain(`parameters.jsCode: "return 'production';" → "return 'staging';"`);
    expect(
      await stage.sql(
        "production",
        `SELECT nodes::text LIKE '%return ''production''%' FROM workflow_entity WHERE id = '${caller}'`,
      ),
    ).toBe("t");
    const status = await verb<StatusReport>("n8n:status");
    expect(environmentOf(status, "production")).toMatchObject({ pending: [expect.any(String)] });
    expect(environmentOf(status, "production")?.workflows.find(({ id }) => id === caller)).toMatchObject({
      state: "changed",
      live: true,
    });
    for (const block of resolve) expect(await block()).toContain("Live: Orders\nproduction: 1 migration applied");
    expect(await verb<MigrateReport>("n8n:migrate-up", "--production")).toMatchObject({ applied: [], pending: 0 });
  });

  it("goes back to what ran before, by a new migration", async () => {
    const before = files().length;
    for (const block of pageOf("docs/workflow-rollback.md")) expect(await block()).toContain("production: 1 migration");
    expect(files().at(-1)).toContain("_rollback_orders");
    const again = await verb<RollbackReport>("n8n:rollback", "--production", "--dry-run");
    expect(again.takenBack).toEqual([files().at(-1)]);
    expect(
      await stage.sql(
        "production",
        `SELECT nodes::text LIKE '%return ''production''%' FROM workflow_entity WHERE id = '${caller}'`,
      ),
    ).toBe("t");
    expect(files()).toHaveLength(before + 1);
    expect(
      await stage.sql("production", `SELECT count(*) >= 4 FROM workflow_history WHERE "workflowId" = '${caller}'`),
    ).toBe("t");
  });

  it("is not called live when n8n is down: it runs what ran before, and the next run ends it", async () => {
    await verb("n8n:migrate-up", "--staging", "--theirs");
    await stage.save("staging", called, ({ nodes }) => ({
      nodes: withParameters(nodes, "Greet", { jsCode: "return [{ json: { said: 'late' } }];" }),
    }));
    await verb("n8n:create-migration", "Greeting");
    await stage.stop("production", "n8n");
    const { exitCode, stdout } = await run("n8n:migrate-up", "--production", "--json");
    expect(exitCode).toBe(1);
    const report = JSON.parse(stdout) as MigrateReport;
    expect(report).toMatchObject({ applied: [expect.any(String)], published: [] });
    expect(report.problems[0]?.message).toContain('"Greeting" runs what it ran before');
    await stage.start("production", "n8n");
    expect(await verb<MigrateReport>("n8n:migrate-up", "--production")).toMatchObject({
      applied: [],
      published: ["Greeting"],
    });
  });

  it("is live after a kill -9 between its transaction and its publication", async () => {
    await stage.save("staging", called, ({ nodes }) => ({
      nodes: withParameters(nodes, "Greet", { jsCode: "return [{ json: { said: 'killed' } }];" }),
    }));
    await verb("n8n:create-migration", "Greeting");
    const pending = () => stage.sql("production", "SELECT count(*) FROM migration_metadata WHERE publish = 'pending'");
    await stage.whilePaused("production", "n8n", async () => {
      const child = stage.installation.start("n8n:migrate-up", "--production");
      await expect.poll(pending, { timeout: 30_000 }).toBe("1");
      process.kill(-(child.pid ?? 0), "SIGKILL");
    });
    expect(await verb<MigrateReport>("n8n:migrate-up", "--production")).toMatchObject({
      applied: [],
      published: ["Greeting"],
    });
    expect(await pending()).toBe("0");
  });

  it("that was edited as a file is refused by name, and so is a secret", async () => {
    const [file = ""] = files().slice(-1);
    const text = readFileSync(join(folder(), file), "utf8");
    writeFileSync(join(folder(), file), `${text}DELETE FROM execution_entity;\n`);
    const edited = await run("n8n:validate");
    expect([edited.exitCode, edited.stdout]).toEqual([1, expect.stringContaining(`${file}:`)]);
    const refused = await run("n8n:migrate-up", "--production");
    expect([refused.exitCode, refused.stdout]).toEqual([
      1,
      expect.stringContaining(`${file} was edited after it was applied here`),
    ]);
    writeFileSync(join(folder(), file), text);
    const count = files().length;
    await stage.save("staging", called, ({ nodes }) => ({
      nodes: withParameters(nodes, "Greet", { jsCode: "const apiKey = 'q8w7e6r5t4z3u2';" }),
    }));
    const leaky = await run("n8n:create-migration", "Greeting");
    expect([leaky.exitCode, leaky.stderr]).toEqual([1, expect.stringContaining("has a secret in it")]);
    expect(leaky.stderr + leaky.stdout).not.toContain("q8w7e6r5t4z3u2");
    expect(files()).toHaveLength(count);
  });
});

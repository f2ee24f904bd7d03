import { expect, it } from "vitest";
import { chain, code, node, webhook } from "./workflow-n8n.ts";
import type { WorkflowStage } from "./workflow-stage.ts";

/** Workflows that no longer do what they should are found. @param whole not only those of everyday */
export function freshnessTests(stage: () => WorkflowStage, whole: boolean): void {
  const everyHour = node("Every hour", "scheduleTrigger", { rule: { interval: [{ field: "hours" }] } });

  /** A workflow that has been active for ten days, with executions of its own; hours ago each. */
  const scheduled = async (
    name: string,
    runs: { status: string; ago: number; mode?: string }[],
    work = "return []",
  ) => {
    const { nodes, connections } = chain(webhook(name.toLowerCase().replace(" ", "-")), code("Work", work));
    const { id } = await stage().create(
      {
        name,
        nodes: [...nodes, everyHour],
        connections: { ...connections, "Every hour": connections.Webhook ?? {} },
      },
      true,
    );
    const ago = (hours: number) => `now() - interval '${hours} hours'`;
    await expect
      .poll(() => stage().sql("n8n", `SELECT count(*) FROM workflow_publish_history WHERE "workflowId" = '${id}'`), {
        timeout: 20_000,
      })
      .toBe("1");
    await stage().sql(
      "n8n",
      [
        ...["workflow_publish_history", "workflow_history"].map(
          (table) => `UPDATE ${table} SET "createdAt" = ${ago(240)} WHERE "workflowId" = '${id}';`,
        ),
        ...runs.map(
          ({ status, ago: hours, mode = "trigger" }) =>
            `INSERT INTO execution_entity (finished, mode, "startedAt", "stoppedAt", status, "workflowId", "createdAt", "storedAt") VALUES (${status === "success"}, '${mode}', ${ago(hours)}, ${ago(hours)}, '${status}', '${id}', ${ago(hours)}, 'db');`,
        ),
      ].join("\n"),
    );
    return id;
  };

  it("finds a workflow stale whose last success is too old for its schedule, whatever failed or was done by hand since", async () => {
    const silent = await scheduled("Silent", [{ status: "success", ago: 5 }]);
    const failing = await scheduled("Failing", [{ status: "success", ago: 6 }], "throw new Error('no data today')");
    const call = async () => (await fetch(`${stage().url}/webhook/failing`, { method: "POST" })).status;
    await expect.poll(call, { timeout: 20_000 }).not.toBe(404);
    await expect
      .poll(() => stage().n8n.executions(failing), { timeout: 20_000 })
      .toContainEqual(expect.objectContaining({ status: "error" }));
    await stage().sql("n8n", `UPDATE execution_entity SET mode = 'trigger' WHERE "workflowId" = '${failing}'`);
    await scheduled("By hand", [{ status: "success", ago: 0.01, mode: "manual" }]);
    await scheduled("Well", [{ status: "success", ago: 0.01 }]);
    await stage().create({ name: "Sleeping", ...chain(everyHour, code("Work", "return []")) });
    await stage().create({ name: "New", ...chain(everyHour, code("Work", "return []")) }, true);
    await stage().create({ name: "Called", ...chain(webhook("called"), code("Work", "return []")) }, true);
    const { status, tests } = await stage().report(stage().checks(""), "--only", "freshness");
    expect(status).toBe("failed");
    const of = (name: string) => tests.find((one) => one.name === `freshness: ${name}`);
    expect(of("Silent")).toMatchObject({
      status: "failed",
      seen: expect.stringContaining("last succeeded"),
      execution: `${stage().url}/workflow/${silent}`,
    });
    expect(of("Failing")).toMatchObject({
      status: "failed",
      node: "Work",
      error: expect.stringContaining("no data today"),
      execution: expect.stringContaining(`/workflow/${failing}/executions/`),
    });
    expect(of("By hand")).toMatchObject({ status: "failed", seen: expect.stringContaining("has not succeeded") });
    expect(of("Well")).toMatchObject({ status: "passed" });
    expect(of("Sleeping")).toMatchObject({ status: "not applicable", seen: "inactive" });
    expect(of("New")).toMatchObject({
      status: "not applicable",
      seen: expect.stringContaining("switched on or changed"),
    });
    expect(of("Called")).toMatchObject({ status: "not applicable", seen: expect.stringContaining("no schedule") });
  });

  if (!whole) return;

  it("measures a workflow by the period that a definition gives, and says when n8n no longer knows", async () => {
    const id = await scheduled("Slow", [{ status: "success", ago: 2.5 }]);
    const within = async (period: string) =>
      await stage().test(`- name: slow\n  fresh: { workflow: Slow, within: ${period} }\n`);
    expect(await within("3h")).toMatchObject({ name: "slow", status: "passed" });
    expect(await within("2h")).toMatchObject({ name: "slow", status: "failed" });
    await stage().sql("n8n", `DELETE FROM execution_entity WHERE "workflowId" = '${id}'`);
    expect(await within("200h")).toMatchObject({
      status: "not applicable",
      seen: expect.stringContaining("no longer keeps"),
    });
    expect(await stage().test("- name: gone\n  fresh: { workflow: Nowhere, within: 1h }\n")).toMatchObject({
      status: "failed",
    });
  });

  it("waits for a run that is on, and judges nothing by executions that n8n does not keep", async () => {
    const on = await scheduled("On", [
      { status: "success", ago: 5 },
      { status: "waiting", ago: 0.01 },
    ]);
    const quiet = await scheduled("Quiet", [{ status: "success", ago: 5 }]);
    const { name, nodes, connections } = await stage().n8n.get(quiet);
    await stage().n8n.update(quiet, { name, nodes, connections, settings: { saveDataSuccessExecution: "none" } });
    const verdicts = async () => {
      const { tests } = await stage().report(stage().checks(""), "--only", "freshness: On,freshness: Quiet");
      return tests.map(({ name, status, seen }) => [name, status, seen]);
    };
    expect(await verdicts()).toEqual([
      ["freshness: On", "passed", expect.stringContaining("has been running since")],
      ["freshness: Quiet", "not applicable", "its settings keep no successful executions"],
    ]);
    await stage().sql("n8n", `DELETE FROM execution_entity WHERE "workflowId" = '${on}' AND status = 'waiting'`);
    expect(await verdicts()).toContainEqual(["freshness: On", "failed", expect.stringContaining("last succeeded")]);
    // n8n keeps 10 000 executions: with so many newer ones, nobody knows whether there was a success since.
    await stage().sql("n8n", `UPDATE execution_entity SET id = id + 1000000 WHERE "workflowId" = '${on}'`);
    await stage().sql("n8n", `UPDATE execution_entity SET "startedAt" = now(), mode = 'manual' WHERE id > 1000000`);
    expect(await verdicts()).toContainEqual([
      "freshness: On",
      "not applicable",
      expect.stringContaining("no longer keeps executions of that time"),
    ]);
  });
}

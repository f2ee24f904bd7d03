import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { finished } from "../../../deploy/test/support/installation.ts";
import { chain, code, node, webhook } from "./workflow-n8n.ts";
import { orders, ordersTest } from "./workflow-orders.ts";
import type { WorkflowStage } from "./workflow-stage.ts";

/** Nothing stays behind, however a run ends. @param whole and not only by kill -9 */
export function leftoverTests(stage: () => WorkflowStage, whole: boolean): void {
  it("shows a failure first, and leaves nothing behind after it", async () => {
    const root = stage().checks(`
- name: good
  call: { file: good.json }
- name: bad
  call: { file: bad.json }
  make: { database: app, table: "n int" }
`);
    const workflow = (js: string) =>
      JSON.stringify({ name: "from a file", ...chain(node("Start", "manualTrigger"), code("Work", js)) });
    writeFileSync(join(root, "checks/workflows/good.json"), workflow("return []"));
    writeFileSync(join(root, "checks/workflows/bad.json"), workflow("throw new Error('broken')"));
    const { exitCode, stdout } = await stage().run(root, "--only", "good,bad");
    expect(exitCode).toBe(1);
    expect(stdout.indexOf("✖ bad")).toBe(0);
    expect(stdout).toMatch(/✔ good/);
    await stage().expectNothingLeft();
    const kept = await stage().report(root, "--only", "bad", "--keep");
    const [copy] = await stage().copies();
    expect(copy).toMatchObject({ active: false });
    expect(kept.tests[0]?.execution).toContain(`/workflow/${copy?.id}/executions/`);
    await stage().report(root, "--only", "good");
    await stage().expectNothingLeft();
  });

  const slow = `
- name: slow
  timeout: 5m
  call: { file: slow.json }
  make: { database: app, table: "n int" }
`;
  /** A run in the middle of its test: its copy waits. */
  const inTheMiddle = async () => {
    const root = stage().checks(slow);
    const wait = node("Wait", "wait", { amount: 50, unit: "seconds" }, 1.1);
    const workflow = { name: "slow", ...chain(webhook("slow"), wait) };
    writeFileSync(join(root, "checks/workflows/slow.json"), JSON.stringify(workflow));
    const others = (await stage().copies()).map(({ id }) => id);
    const child = stage().start(root, "--only", "slow", "--json");
    const ended = finished(child);
    const waits = async () => (await stage().copies()).some(({ id, active }) => !others.includes(id) && active);
    await expect.poll(waits, { timeout: 20_000 }).toBe(true);
    return { child, ended };
  };

  it("cleans up after a run that was killed, and leaves a run alone that is still on", async () => {
    const killed = await inTheMiddle();
    killed.child.kill("SIGKILL");
    await killed.ended;
    await expect.poll(() => stage().catchers(), { timeout: 20_000 }).toEqual([]);
    expect(await stage().copies()).toHaveLength(1);
    const on = await inTheMiddle();
    expect((await stage().copies()).map(({ id }) => id)).toHaveLength(1);
    await stage().report(stage().checks("- name: agent\n  service: letta\n"), "--only", "agent");
    expect(await stage().copies()).toHaveLength(1);
    on.child.kill("SIGTERM");
    await on.ended;
    await stage().expectNothingLeft();
  });

  if (!whole) return;

  it("cleans up when a person stops it", async () => {
    const { child, ended } = await inTheMiddle();
    const [catcher] = await stage().catchers();
    const volumes = catcher?.Mounts.flatMap(({ Name }) => Name ?? []);
    expect(volumes).toHaveLength(1);
    child.kill("SIGINT");
    const { exitCode, stdout, stderr, took } = await ended;
    expect(stderr).not.toContain("could not be removed");
    expect({ exitCode, stdout: JSON.parse(stdout) }).toEqual({
      exitCode: 1,
      stdout: { error: { message: "Stopped; what the tests had made is removed" } },
    });
    expect(took).toBeLessThan(20_000);
    await stage().expectNothingLeft();
    const { Volumes } = await stage().engine.docker.listVolumes();
    expect(Volumes.map(({ Name }) => Name)).not.toContain(volumes?.[0]);
  });

  it("lets two runs go on at once", async () => {
    await stage().create({ name: "Orders", ...orders("orders-e") }, true);
    const results = await Promise.all([
      stage().test(ordersTest("orders-e")),
      stage().test(ordersTest("orders-e")),
      stage().test(ordersTest("orders-e")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["passed", "passed", "passed"]);
    await stage().expectNothingLeft();
  });
}

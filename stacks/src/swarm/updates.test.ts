import { expect, it } from "vitest";
import { serviceOf } from "./testing.ts";
import { updates } from "./updates.ts";

const of = async (lines: string, checked = true) => updates((await serviceOf(lines)).service, checked);

it.each([
  ["", "start-first"],
  ["volumes: [v:/v]", "stop-first"],
  ["volumes: [v:/v]\nlabels: {understudy.replace: overlap}", "start-first"],
  ["labels: {understudy.replace: hold}", "stop-first"],
  ["ports: ['80:80']", "stop-first"],
  ["ports: ['127.0.0.1:80:80']", "start-first"],
  ["deploy: {update_config: {order: stop-first}, rollback_config: {order: stop-first}}", "stop-first"],
])("%j is exchanged %s, and goes back the same way by itself", async (lines, order) => {
  const { updateConfig, rollbackConfig } = await of(lines);
  expect(updateConfig).toMatchObject({ order, failureAction: "rollback" });
  expect(rollbackConfig).toMatchObject({ order, failureAction: "pause" });
});

it("keeps what the files say", async () => {
  const said = "{parallelism: 0, delay: 90s, failure_action: continue, monitor: 3m, max_failure_ratio: 0.3}";
  expect((await of(`deploy: {update_config: ${said}}`)).updateConfig).toEqual({
    parallelism: 0,
    delay: "1m30s",
    failureAction: "continue",
    monitor: "3m",
    maxFailureRatio: "0.3",
    order: "start-first",
  });
});

it("watches longer what no health check tells of", async () => {
  expect((await of("", true)).updateConfig.monitor).toBe("5s");
  expect((await of("", false)).updateConfig.monitor).toBe("15s");
});

it.each([
  [
    "volumes: [v:/v]\ndeploy: {update_config: {order: start-first}}",
    "service a: deploy.update_config.order is start-first, but two of it would write to its volume at once",
  ],
  [
    "ports: ['80:80']\ndeploy: {rollback_config: {order: start-first}}",
    "service a: deploy.rollback_config.order is start-first, but port 80 of a machine is for one at a time",
  ],
  ["deploy: {update_config: {max_failure_ratio: 0.25}}", "service a: max_failure_ratio 0.25 cannot be kept exactly"],
])("refuses %j", async (lines, message) => await expect(of(lines)).rejects.toThrow(message));

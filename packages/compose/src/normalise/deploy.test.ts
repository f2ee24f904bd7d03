import fc from "fast-check";
import { expect, test } from "vitest";
import { loadTexts, refusalOf, service } from "../testing.ts";

const a = async (...texts: string[]) => {
  const model = await loadTexts(texts.map(service));
  return model.services.a;
};

test("reads what a swarm is told, in ms and numbers", async () => {
  const read = await a(
    [
      "deploy:",
      "  mode: replicated",
      "  replicas: 3",
      "  endpoint_mode: dnsrr",
      "  placement: {constraints: [node.role == worker], preferences: [{spread: node.labels.zone}], max_replicas_per_node: 2}",
      "  update_config: {parallelism: 2, delay: 10s, failure_action: pause, monitor: 1m, max_failure_ratio: 0.1, order: start-first}",
      "  rollback_config: {parallelism: 0, order: stop-first}",
      "  restart_policy: {condition: on-failure, delay: 500ms, max_attempts: 3, window: 2m}",
    ].join("\n"),
  );
  expect(read?.replicas).toBe(3);
  expect(read?.deploy).toEqual({
    mode: "replicated",
    endpointMode: "dnsrr",
    placement: { constraints: ["node.role == worker"], spread: ["node.labels.zone"], maxReplicasPerNode: 2 },
    updateConfig: {
      parallelism: 2,
      delay: 10_000,
      failureAction: "pause",
      monitor: 60_000,
      maxFailureRatio: 0.1,
      order: "start-first",
    },
    rollbackConfig: { parallelism: 0, order: "stop-first" },
    restartPolicy: { condition: "on-failure", delay: 500, maxAttempts: 3, window: 120_000 },
  });
});

test("what says nothing is not there", async () => {
  expect(
    (await a("deploy: {placement: {}, update_config: {}, resources: {limits: {cpus: 1}}}"))?.deploy,
  ).toBeUndefined();
});

test("mappings merge, constraints and preferences append without repetition", async () => {
  const merged = await a(
    "deploy: {update_config: {parallelism: 2, delay: 1s}, placement: {constraints: [x == 1], preferences: [{spread: z}]}}",
    "deploy: {update_config: {delay: 2s}, placement: {constraints: [x == 1, y == 2], preferences: [{spread: z}]}}",
  );
  expect(merged?.deploy).toMatchObject({
    updateConfig: { parallelism: 2, delay: 2_000 },
    placement: { constraints: ["x == 1", "y == 2"], spread: ["z"] },
  });
});

test("merging a file with itself changes nothing", async () => {
  const constraints = fc.uniqueArray(fc.constantFrom("x == 1", "x != 2", "y == 3"));
  await fc.assert(
    fc.asyncProperty(constraints, fc.nat(9), async (list, replicas) => {
      const text = `deploy: {replicas: ${replicas + 1}, placement: {constraints: ${JSON.stringify(list)}}}`;
      expect(await a(text, text)).toEqual(await a(text));
    }),
    { numRuns: 30 },
  );
});

test.each([
  ["replicas: 0", "0.yml:4:24: service a: 'deploy.replicas' is 0, and must be 1 or more"],
  ["mode: job", "0.yml:4:20: service a: 'deploy.mode' is 'job', which is not replicated or global"],
  ["mode: global, replicas: 2", "0.yml:4:38: service a: 'deploy.replicas' goes with 'mode: replicated'"],
  ["update_config: {parallelism: -1}", "service a: 'deploy.update_config.parallelism' is -1, which is less than 0"],
  ["update_config: {max_failure_ratio: 2}", "'deploy.update_config.max_failure_ratio' is 2, which is more than all"],
  ["rollback_config: {failure_action: rollback}", "is 'rollback', which is not continue or pause"],
  ["restart_policy: {condition: never}", "is 'never', which is not none or on-failure or any"],
  ["restart_policy: {delay: 5x}", "is '5x', which is not a duration such as 30s or 1m30s"],
])("refuses {%s}", async (said, message) => expect(await refusalOf([service(`deploy: {${said}}`)])).toContain(message));

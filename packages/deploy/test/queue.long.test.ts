import { exec } from "@understudy/core";
import { expect, it } from "vitest";
import type { RetryReport } from "../../workflows/src/executions/retry-crashed.ts";
import { QueueStage } from "./support/queue-stage.ts";
import { queueSuite } from "./support/queue-suite.ts";

queueSuite("one host", async () => {
  const stage = await QueueStage.open({ portOffset: 18_000 });
  return {
    stage,
    loseWorker: () => stage.kill("n8n-worker-2"),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
});

it("finds what a queue that lost its memory forgot, and tries it again", async () => {
  await using stage = await QueueStage.open({ portOffset: 18_000 });
  const { installation, engine } = stage;
  await stage.prepareWorkflow(4);
  await installation.json("scale", "n8n-worker=1");
  await stage.kill("n8n-worker");
  const forgotten = stage.call(7).catch(() => "its caller hears nothing more");
  await expect.poll(() => stage.states()).toMatchObject({ new: 1 });
  await exec(engine, stage.container("valkey"), ["valkey-cli", "-e", "FLUSHALL"]);
  for (const service of ["n8n", "n8n-webhook"]) {
    await engine.docker.getContainer(stage.container(service)).restart();
  }
  await forgotten;
  await expect.poll(() => stage.states(), { timeout: 300_000 }).toMatchObject({ crashed: 1 });
  await installation.json("deploy:staging");
  const dry = await installation.json<RetryReport>("n8n:retry-crashed", "--dry-run");
  expect(dry.executions).toMatchObject([{ workflow: "queue-test-4000", result: "left" }]);
  const tried = await installation.json<RetryReport>("n8n:retry-crashed");
  expect(tried.executions).toMatchObject([{ id: dry.executions[0]?.id, result: "succeeded" }]);
  const again = await installation.json<RetryReport>("n8n:retry-crashed", "--dry-run");
  expect(again.executions).toEqual([]);
});

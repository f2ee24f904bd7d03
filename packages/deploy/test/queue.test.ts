import { exec } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RetryReport } from "../../workflows/src/executions/retry-crashed.ts";
import type { ScaleReport } from "../src/scale.ts";
import type { StatusReport } from "../src/status.ts";
import { QueueStage } from "./support/queue-stage.ts";

interface DeployJson {
  readonly changes: { create: number; update: number; delete: number; replace: number };
  readonly release: string;
}

const nothing = { create: 0, update: 0, delete: 0, replace: 0 };

// 500 executions, and what a queue forgot that lost its memory: queue.long.test.ts.
describe("n8n in queue mode", () => {
  let stage: QueueStage;

  beforeAll(async () => {
    stage = await QueueStage.open({ portOffset: 21_000 });
    await stage.prepareWorkflow(4);
  });

  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
  });

  it("executes with two workers what comes in by webhook, and loses none when one of them is killed", async () => {
    const answers = stage.callAll(40);
    await stage.underWay(12);
    await stage.kill("n8n-worker");
    expect(await answers).toEqual(Array.from({ length: 40 }, (_, n) => ({ n, status: 200, said: n })));
    expect(Object.keys(await stage.states())).toEqual(["success"]);
    expect(await stage.log("n8n-keeper")).toContain("its worker was lost; it is in the queue again, and begins anew");
  });

  it("answers a caller whose execution ended unheard", async () => {
    const { engine } = stage;
    const valkey = (script: string) => exec(engine, stage.container("valkey"), ["sh", "-c", script]);
    const answer = stage.call(8);
    await stage.underWay(1);
    // Over these connections n8n hears of an end. They come back at once; what was said meanwhile does not.
    const deaf = valkey("until [ -e /tmp/heard ]; do valkey-cli -e CLIENT KILL TYPE pubsub; done");
    await expect.poll(() => stage.states(), { timeout: 60_000 }).not.toHaveProperty("running");
    await valkey("touch /tmp/heard");
    await deaf;
    expect(await answer).toEqual({ n: 8, status: 200, said: 8 });
  });

  it("says that a worker is away, and how long the queue is", async () => {
    const { stdout } = await stage.installation.run("health:check", "--json");
    const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; seen: string }[] };
    const of = (name: string) => checks.find((check) => check.name === name);
    expect(of("n8n queue")).toMatchObject({ status: "healthy", seen: "0 waiting; 0 under way; 1 of 2 workers" });
    expect(of("n8n-worker container")).toMatchObject({ status: "unhealthy" });
    expect(of("n8n executions without a worker")).toMatchObject({ status: "healthy" });
    expect(of("n8n crashed executions")).toMatchObject({ status: "healthy" });
  });

  it("runs as many workers as it is told, and a deploy keeps the number and the release", async () => {
    const { installation } = stage;
    const up = await installation.json<ScaleReport>("scale", "n8n-worker=3");
    expect(up.services).toContainEqual({ service: "n8n-worker", running: 3, wanted: 3 });
    const deployed = await installation.json<DeployJson>("deploy:staging");
    expect(deployed.changes).toEqual(nothing);
    const lines = (await stage.log("n8n-worker")).split("\n").filter(Boolean);
    const names = new Set(lines.map((line) => line.split(" | ")[0]?.trim()));
    expect(names).toEqual(new Set(["n8n-worker", "n8n-worker-2", "n8n-worker-3"]));
    expect(await stage.log("n8n-worker-3")).not.toContain("n8n-worker-3 | ");
    const { replicas, release } = await installation.json<StatusReport>("status");
    expect({ replicas, release }).toEqual({
      replicas: [{ service: "n8n-worker", running: 3, wanted: 3 }],
      release: deployed.release,
    });
    const down = await installation.json<ScaleReport>("scale", "n8n-worker=1");
    expect(down).toMatchObject({ changes: { ...nothing, delete: 2 } });
    expect(await stage.callAll(3)).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }]);
  });

  it("keeps taking webhooks while the processor is away: n8n does it", async () => {
    await stage.kill("n8n-webhook");
    expect(await stage.callAll(3)).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }]);
  });

  it("tries again what n8n calls crashed", async () => {
    const { installation } = stage;
    const [[id = ""] = []] = await stage.sql(
      "UPDATE execution_entity SET status = 'crashed', finished = false WHERE id = (SELECT max(id) FROM execution_entity) RETURNING id",
    );
    const tried = await installation.json<RetryReport>("n8n:retry-crashed");
    expect(tried.executions).toMatchObject([{ id, workflow: "queue-test-4000", result: "succeeded" }]);
    expect(await installation.json<RetryReport>("n8n:retry-crashed")).toMatchObject({ executions: [] });
  });

  it.each([
    ["n8n=2", "service n8n: 2 of it cannot run, its volume n8n-data is one container's data"],
    ["haproxy=2", "can be published once"],
    ["worker=2", 'staging has no service "worker"'],
  ])("%s is refused", async (word, message) => {
    const { exitCode, stderr } = await stage.installation.run("scale", word);
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).toContain(message);
  });
});

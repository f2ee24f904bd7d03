import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { ScaleReport } from "../src/scale.ts";
import { QueueStage } from "./support/queue-stage.ts";

it("500 executions, three workers, one killed: every one finishes, none vanishes", async () => {
  await using stage = await QueueStage.open({ portOffset: 18_000 });
  await stage.prepareWorkflow(3);
  const { services } = await stage.installation.json<ScaleReport>("scale", "n8n-worker=3");
  expect(services).toContainEqual({ service: "n8n-worker", running: 3, wanted: 3 });
  const before = (await stage.states()).success ?? 0;
  const answers = stage.callAll(500);
  await stage.underWay(25);
  await sleep(2_000);
  await stage.kill("n8n-worker-2");
  const all = await answers;
  expect(all.filter(({ n, status, said }) => status !== 200 || said !== n)).toEqual([]);
  expect(await stage.states()).toEqual({ success: before + 500 });
  const again = (await stage.log("n8n-keeper")).match(/it is in the queue again/g) ?? [];
  expect(again.length).toBeGreaterThan(0);
});

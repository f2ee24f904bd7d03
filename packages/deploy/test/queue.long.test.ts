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

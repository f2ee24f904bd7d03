import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScaleReport } from "../../src/scale.ts";
import type { QueueStage } from "./queue-stage.ts";

/** n8n in queue mode, and how a worker is lost there in the midst of its work. */
export interface QueueScene extends AsyncDisposable {
  readonly stage: QueueStage;
  loseWorker(): Promise<void>;
}

/** What has to hold wherever n8n runs in queue mode. `more` adds tests of its own on the same scene, once a worker was lost. */
export function queueSuite<Scene extends QueueScene>(
  where: string,
  open: () => Promise<Scene>,
  more?: (scene: () => Scene) => void,
): void {
  describe(`n8n in queue mode on ${where}`, () => {
    let scene: Scene;

    beforeAll(async () => {
      scene = await open();
      await scene.stage.prepareWorkflow(3);
    }, 1_800_000);
    afterAll(() => scene?.[Symbol.asyncDispose]());

    it("has a third worker beside those that run, and the next deploy changes nothing", async () => {
      const { stage } = scene;
      const before = await stage.running();
      const { services } = await stage.installation.json<ScaleReport>("scale", "n8n-worker=3");
      expect(services).toContainEqual({ service: "n8n-worker", running: 3, wanted: 3 });
      const after = await stage.running();
      expect(after).toMatchObject(before);
      expect(Object.keys(after)).toHaveLength(Object.keys(before).length + 1);
      const { changes } = await stage.installation.json<{ changes: object }>("deploy:staging");
      expect(changes).toEqual({ create: 0, update: 0, delete: 0, replace: 0 });
      expect(await stage.running()).toEqual(after);
    });

    it("finishes 500 executions though one of three workers is lost: none vanishes", async () => {
      const { stage } = scene;
      const before = (await stage.states()).success ?? 0;
      const answers = stage.callAll(500);
      await stage.underWay(25);
      await sleep(2_000);
      await scene.loseWorker();
      const all = await answers;
      expect(all.filter(({ n, status, said }) => status !== 200 || said !== n)).toEqual([]);
      expect(await stage.states()).toEqual({ success: before + 500 });
      const again = (await stage.log("n8n-keeper")).match(/it is in the queue again/g) ?? [];
      expect(again.length).toBeGreaterThan(0);
    });

    more?.(() => scene);
  });
}

import { expect, it } from "vitest";
import type { StatusReport } from "../src/status.ts";
import { queueSuite } from "./support/queue-suite.ts";
import { QueueSwarm } from "./support/queue-swarm.ts";

// Needs root, as swarm.test.ts.
queueSuite(
  "three machines",
  () => QueueSwarm.open(),
  (scene) => {
    it("has its worker on another machine, says so, and is whole again when the lost one is back", async () => {
      const { stage, machines } = scene();
      const status = () => stage.installation.json<StatusReport>("status", "--staging");
      const lost = `node${scene().doomed}`;
      await machines.until(async () => {
        const { services } = await status();
        const workers = services.filter(({ name, state }) => name === "n8n-worker" && state === "running");
        return workers.length === 3 && workers.every(({ node }) => node !== lost);
      }, 300_000);
      const { stdout } = await stage.installation.run("health:check", "--staging", "--json");
      const { checks } = JSON.parse(stdout) as { checks: { name: string; seen: string }[] };
      const seen = Object.fromEntries(checks.map((check) => [check.name, check.seen]));
      expect(seen["n8n queue"]).toBe("0 waiting; 0 under way; 3 of 3 workers");
      expect(seen["n8n-worker replicas"]).toMatch(/^3 of 3 run on /);
      await machines.machine(scene().doomed).boot();
      await machines.until(async () => ((await status()).nodes ?? []).every(({ state }) => state === "ready"), 120_000);
      const answers = await stage.callAll(30);
      expect(answers.filter(({ status: code }) => code !== 200)).toEqual([]);
      const { changes } = await stage.installation.json<{ changes: object }>("deploy:staging");
      expect(changes).toEqual({ create: 0, update: 0, delete: 0, replace: 0 });
    });
  },
);

import { randomUUID } from "node:crypto";
import { connectEngine, type Engine } from "@understudy/core";
import { builtName } from "@understudy/images";
import { afterAll, beforeAll, expect, it } from "vitest";
import { awaitHealthy } from "../src/healthy/await-healthy.ts";

// Real containers whose own health test the engine asks once an hour: what is seen of them was seen by us.

const everything = new AsyncDisposableStack();
let engine: Engine;

beforeAll(async () => {
  engine = everything.use(await connectEngine("local"));
});
afterAll(() => everything.disposeAsync());

const healthyAfter = (ms: number) => `setTimeout(() => require("fs").writeFileSync("/tmp/healthy", ""), ${ms});`;
const forever = "setInterval(() => {}, 60_000);";
const test = ["CMD", "node", "-e", 'require("fs").readFileSync("/tmp/healthy")'];

it("sees a container healthy soon after it became so, with one process started there", async () => {
  const container = await run(healthyAfter(2_000) + forever);
  const began = { execs: 0 };
  const events = await engine.docker.getEvents({ filters: { container: [container], event: ["exec_create"] } });
  events.on("data", () => began.execs++);
  const seconds = await awaitHealthy(engine, { service: "one", container, timeout: 60_000 });
  // The engine tells of it a little later.
  await expect.poll(() => began.execs).toBeGreaterThanOrEqual(1);
  (events as unknown as { destroy(): void }).destroy();
  expect(seconds).toBeGreaterThanOrEqual(2);
  expect(seconds).toBeLessThan(10);
  expect(began.execs).toBeLessThanOrEqual(Math.ceil(seconds / 3) + 1);
});

it("asks a container that has no shell again and again", async () => {
  const container = await run(`require("fs").rmSync("/bin/sh"); ${healthyAfter(2_000)}${forever}`);
  expect(await awaitHealthy(engine, { service: "one", container, timeout: 60_000 })).toBeGreaterThanOrEqual(2);
});

it("gives up when the time is over, and says what the container wrote", async () => {
  const container = await run(`console.log("still at it"); ${forever}`);
  await expect(awaitHealthy(engine, { service: "one", container, timeout: 4_000 })).rejects.toThrow(
    /one is not healthy: no healthy answer within 4 s[\s\S]*\| still at it/,
  );
});

it("tells of a container that is removed meanwhile", async () => {
  const container = await run(forever);
  const waiting = awaitHealthy(engine, { service: "one", container, timeout: 60_000 });
  await Promise.all([
    expect(waiting).rejects.toThrow("one is not healthy: its container is gone"),
    engine.docker.getContainer(container).remove({ force: true }),
  ]);
});

async function run(program: string): Promise<string> {
  const container = await engine.docker.createContainer({
    name: `ust-healthy-${randomUUID()}`,
    Image: await builtName("node"),
    Cmd: ["node", "-e", program],
    User: "root",
    Healthcheck: { Test: test, Interval: 3_600_000_000_000, Timeout: 5_000_000_000, Retries: 1 },
    HostConfig: { Init: true },
  });
  everything.defer(() => container.remove({ force: true }).catch(() => {}));
  await container.start();
  return container.id;
}

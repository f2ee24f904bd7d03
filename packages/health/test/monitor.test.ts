import { connectEngine, type Engine } from "@understudy/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createInstallation, type TestInstallation } from "../../deploy/test/support/installation.ts";
import { writeTinyStack } from "../../deploy/test/support/tiny-stack.ts";
import type { Alert } from "../src/alerts/alert.ts";
import { MonitorProcess } from "./support/monitor-process.ts";
import { type HttpReceiver, httpReceiver } from "./support/receivers.ts";

const offset = 14_500;
const api = 19_464;
const hook = 19_465;
const settings = `environments:
  staging: { kind: staging, portOffset: ${offset} }
monitor: { intervalSeconds: 1 }
alerts:
  channels:
    hook: { type: webhook, url: "http://127.0.0.1:${hook}/" }
`;

/** A small real stack, watched by the real monitor with a look at everything each second. */
describe("the monitor", () => {
  let installation: TestInstallation;
  let engine: Engine;
  let receiver: HttpReceiver | undefined;
  let monitor: MonitorProcess;
  const container = (service: string) => engine.docker.getContainer(`${installation.project}-staging-${service}`);
  const alerts = () => (receiver?.received ?? []).map(({ body }) => JSON.parse(body) as Alert);
  const words = () => alerts().map(({ kind, service }) => `${kind} ${service}`);
  const status = () =>
    monitor.get<{ status: string; incidents: unknown[]; alerts: { waiting: number }[] }>("/api/v1/status");
  const healthy = () => expect.poll(async () => (await status()).status, { timeout: 30_000 }).toBe("healthy");
  const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

  beforeAll(async () => {
    engine = await connectEngine("local");
    installation = createInstallation(settings);
    writeTinyStack(installation);
    // The machine that runs all tests at once is busy, and rightly said to be.
    installation.write("checks/busy.yml", "- { name: host load, disabled: true }\n");
    await installation.json("deploy:staging", "--env", "laptop");
    monitor = await MonitorProcess.start(installation, api);
  });
  afterAll(async () => {
    await monitor?.[Symbol.asyncDispose]();
    await installation?.[Symbol.asyncDispose]();
    await engine?.close();
  });
  afterEach(async () => {
    await receiver?.[Symbol.asyncDispose]();
    receiver = undefined;
  });

  it("tells of one cause once, with its evidence, and of its end once", async () => {
    receiver = await httpReceiver(undefined, hook);
    await healthy();
    await container("db").stop();
    await expect.poll(words, { timeout: 20_000 }).toEqual(["problem db"]);
    await pause(4);
    expect(words()).toEqual(["problem db"]);
    const [problem] = alerts();
    expect(problem).toMatchObject({
      environment: "staging",
      severity: "critical",
      release: expect.stringMatching(/^r-/),
    });
    expect(problem?.evidence.state).toContain("exited");
    expect(problem?.evidence.lastLogLines.length).toBeGreaterThan(3);
    expect(problem?.evidence.commands).toContain("pnpm logs db --environment staging");
    await container("db").start();
    await expect.poll(words, { timeout: 30_000 }).toEqual(["problem db", "recovery db"]);
    await healthy();
  });

  it("delivers once when it is killed between failure and delivery", async () => {
    await container("db").stop();
    await expect.poll(async () => (await status()).alerts[0]?.waiting, { timeout: 20_000 }).toBe(1);
    await monitor.end("SIGKILL");
    receiver = await httpReceiver(undefined, hook);
    monitor = await MonitorProcess.start(installation, api);
    await expect.poll(words, { timeout: 20_000 }).toEqual(["problem db"]);
    await pause(4);
    await container("db").start();
    await expect.poll(words, { timeout: 30_000 }).toEqual(["problem db", "recovery db"]);
    await healthy();
  });

  it("says that it was stopped itself, and calls nothing down for that", async () => {
    receiver = await httpReceiver(undefined, hook);
    monitor.signal("SIGSTOP");
    await pause(15);
    monitor.signal("SIGCONT");
    await pause(5);
    expect(words()).toEqual([]);
    const { items } = await monitor.get<{ items: { kind: string; text: string }[] }>("/api/v1/events");
    expect(items.find(({ kind }) => kind === "monitor stalled")?.text).toMatch(/the monitor was stopped: .* 1\d s/);
    const since = new Date(Date.now() - 22_000).toISOString();
    const history = await monitor.get<{ resolution: number; items: { points: { down: number; known: number }[] }[] }>(
      `/api/v1/history?from=${since}`,
    );
    expect(history.resolution).toBe(1_000);
    const points = history.items.flatMap((item) => item.points);
    expect(points.reduce((sum, { down }) => sum + down, 0)).toBe(0);
    for (const { points: of } of history.items) {
      expect(of.reduce((sum, { known }) => sum + known, 0)).toBeLessThan(12_000);
    }
  });

  it("keeps quiet while a deploy is on, and names the release in what it says afterwards", async () => {
    receiver = await httpReceiver(undefined, hook);
    await container("web").stop();
    await installation.json("deploy:staging", "--env", "laptop");
    await healthy();
    await pause(4);
    const kinds = words();
    expect(kinds.filter((word) => word.startsWith("problem")).length).toBe(
      kinds.filter((word) => word.startsWith("recovery")).length,
    );
    for (const alert of alerts()) expect(alert.service).toBe("web");
  });

  it("serves metrics, badge and paged history", async () => {
    const metrics = await monitor.get<string>("/metrics");
    expect(metrics).toMatch(/understudy_check_up\{check="[^"]+",service="db",environment="staging"\} 1/);
    expect(metrics).toContain("understudy_monitor_process_resident_memory_bytes");
    expect(await monitor.get<string>("/badge.svg")).toContain("staging: healthy");
    expect(await monitor.get<string>("/badge/db.svg")).toContain("db: healthy");
    await expect(monitor.get("/badge/nothing.svg")).rejects.toThrow(
      '404 {"error":"No check and no service is called \\"nothing\\""}',
    );
    const page = await monitor.get<{ total: number; next: number; checks: unknown[] }>("/api/v1/checks?limit=2");
    expect(page).toMatchObject({ next: 2, checks: { length: 2 } });
    const history = await monitor.get<{ items: { points: unknown[] }[]; next: string }>("/api/v1/history?limit=1");
    expect(history.items).toHaveLength(1);
    expect(history.next).toBeTruthy();
    await expect(monitor.get("/api/v1/history?from=yesterday")).rejects.toThrow(/400 .*from/);
  });

  it("lets no second one watch the same environment", async () => {
    const second = await installation.run("health:monitor");
    expect(second).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`runs already, as process ${monitor.pid}`),
    });
    expect(await installation.run("health:monitor", "--if-absent")).toMatchObject({ exitCode: 0, stdout: "" });
  });

  it("ends at once and cleanly when it is told to", async () => {
    const began = Date.now();
    expect(await monitor.end()).toBe(0);
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstallation, type TestInstallation } from "../../deploy/test/support/installation.ts";
import { writeTinyStack } from "../../deploy/test/support/tiny-stack.ts";
import { MonitorProcess } from "./support/monitor-process.ts";
import { type HttpReceiver, httpReceiver } from "./support/receivers.ts";

const api = 19_480;
const minute = 60_000;

const settings = (hook: HttpReceiver) => `environments:
  staging: { kind: staging, portOffset: 14700 }
monitor: { intervalSeconds: 2 }
alerts:
  channels:
    hook: { type: webhook, url: "${hook.url}" }
`;

/** What only time shows. */
describe("the monitor, for long", () => {
  let installation: TestInstallation;
  let hook: HttpReceiver;
  let monitor: MonitorProcess;
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const kinds = () => hook.received.map(({ body }) => (JSON.parse(body) as { kind: string }).kind);

  beforeAll(async () => {
    hook = await httpReceiver();
    installation = createInstallation(settings(hook));
    writeTinyStack(installation);
    await installation.json("deploy:staging", "--env", "laptop");
    monitor = await MonitorProcess.start(installation, api);
  });
  afterAll(async () => {
    await monitor?.[Symbol.asyncDispose]();
    await hook?.[Symbol.asyncDispose]();
    await installation?.[Symbol.asyncDispose]();
  });

  it("stopped for two minutes says so, and calls nothing down", async () => {
    await pause(20_000);
    monitor.signal("SIGSTOP");
    await pause(2 * minute);
    monitor.signal("SIGCONT");
    await pause(20_000);
    expect(kinds()).toEqual(["event"]);
    const { overall } = await monitor.get<{ overall: { down: number; known: number } }>("/api/v1/uptime");
    expect(overall.down).toBe(0);
    expect(overall.known).toBeGreaterThan(0);
    const { items } = await monitor.get<{ items: { kind: string; text: string }[] }>("/api/v1/events");
    expect(items.filter(({ kind }) => kind === "monitor stalled").map(({ text }) => text)).toEqual([
      expect.stringMatching(/^the monitor was stopped: nothing was seen for 12\d s/),
    ]);
  });

  it("does not grow in ten minutes", async () => {
    await pause(2 * minute);
    const sizes: number[] = [];
    for (let ten = 0; ten < 10; ten++) {
      await pause(minute);
      sizes.push(Math.round(monitor.memory / 1e6));
    }
    console.log(`resident memory each minute, MB: ${sizes.join(" ")}`);
    const middle = (of: number[]) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;
    expect(middle(sizes.slice(-3)) - middle(sizes.slice(0, 3))).toBeLessThan(8);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Check } from "../checks/check.ts";
import { ProbeLoop } from "./probe-loop.ts";

const check = (name: string, interval?: number): Check => ({
  name,
  service: "host",
  severity: "critical",
  timeout: 1_000,
  interval,
  look: async () => ({ ok: true, seen: "", expected: "" }),
});

describe("the probe loop", () => {
  const begun: { name: string; at: number }[] = [];
  let took = 10;
  let running = 0;
  let most = 0;
  const began = () => Date.now();
  let start = 0;
  const make = (concurrency = 100) =>
    new ProbeLoop({
      interval: 30_000,
      concurrency,
      clock: { now: Date.now, monotonic: Date.now },
      random: () => 0.5,
      look: async ({ name }) => {
        begun.push({ name, at: began() - start });
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, took));
        running--;
      },
    });
  const timesOf = (name: string) => begun.filter((look) => look.name === name).map(({ at }) => at);

  beforeEach(() => {
    vi.useFakeTimers();
    start = Date.now();
    begun.length = 0;
    took = 10;
    running = 0;
    most = 0;
  });
  afterEach(() => void vi.useRealTimers());

  it("keeps each check's own pace without drifting", async () => {
    const loop = make();
    loop.start([check("slow"), check("fast", 5_000)]);
    await vi.advanceTimersByTimeAsync(300_000);
    loop.stop();
    for (const [name, period] of [
      ["slow", 30_000],
      ["fast", 5_000],
    ] as const) {
      const [first = 0, ...rest] = timesOf(name);
      expect(first).toBeLessThan(period);
      expect(rest).toEqual(rest.map((_, index) => first + (index + 1) * period));
    }
  });

  it("spreads the checks over the period", async () => {
    const loop = make();
    loop.start(Array.from({ length: 100 }, (_, index) => check(`check ${index}`)));
    await vi.advanceTimersByTimeAsync(29_999);
    loop.stop();
    const times = begun.map(({ at }) => at).sort((a, b) => a - b);
    expect(times).toHaveLength(100);
    expect(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeLessThanOrEqual(301);
  });

  it("lets a beat fall out rather than look twice at once", async () => {
    took = 70_000;
    const loop = make();
    loop.start([check("hangs")]);
    await vi.advanceTimersByTimeAsync(200_000);
    loop.stop();
    expect(most).toBe(1);
    expect(timesOf("hangs")).toEqual([0, 90_000, 180_000]);
  });

  it("looks at no more at a time than allowed", async () => {
    took = 29_000;
    const loop = make(7);
    loop.start(Array.from({ length: 60 }, (_, index) => check(`check ${index}`)));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(most).toBe(7);
    loop.stop();
  });

  it("does not make up for what fell due while nothing ran", async () => {
    const loop = make();
    loop.start([check("one")]);
    await vi.advanceTimersByTimeAsync(31_000);
    vi.setSystemTime(Date.now() + 600_000);
    await vi.advanceTimersByTimeAsync(60_000);
    loop.stop();
    expect(timesOf("one").length).toBeLessThanOrEqual(5);
  });
});

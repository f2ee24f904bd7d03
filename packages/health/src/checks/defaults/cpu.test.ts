import type { ContainerInspectInfo } from "@understudy/core";
import { expect, it } from "vitest";
import type { CheckContext } from "../check.ts";
import { runCheck } from "../run-check.ts";
import { contextWith } from "../testing.ts";
import { cpu } from "./cpu.ts";

/** Slices in which a service worked, and those of them in which its limit held it back, since its start. */
type Counted = readonly [periods: number, throttled: number];

/** A round with a container of which the kernel counts one thing after another. */
function roundWith(counts: Counted[], StartedAt = "2026-01-01T00:00:00Z"): CheckContext {
  const stats = async () => {
    const [periods, throttled_periods] = counts.shift() ?? [];
    const cpu_stats = { throttling_data: { periods, throttled_periods }, cpu_usage: { total_usage: 0 } };
    return { cpu_stats, memory_stats: { limit: 1 } };
  };
  const info = {
    Name: "/n8n",
    State: { Running: true, StartedAt },
    NetworkSettings: { Networks: {} },
  } as unknown as ContainerInspectInfo;
  return contextWith({
    engine: { docker: { getContainer: () => ({ stats }) } } as never,
    containers: new Map([["n8n", info]]),
    model: { services: {} } as never,
    stack: { environment: { name: "staging", kind: "staging" } } as never,
  });
}

it("is judged by now when the start took all the CPU that it could get", async () => {
  const counts: Counted[] = [
    [300, 200],
    [310, 201],
  ];
  const result = await runCheck(cpu("n8n"), roundWith(counts));
  expect(result).toMatchObject({ status: "healthy", seen: "held back by its limit 10 % of its time" });
  expect(result.ms).toBeGreaterThanOrEqual(999);
});

it("is not well while its limit still holds it back", async () => {
  const counts: Counted[] = [
    [300, 200],
    [310, 209],
  ];
  expect(await runCheck(cpu("n8n"), roundWith(counts))).toMatchObject({
    status: "degraded",
    seen: "held back by its limit 90 % of its time",
  });
});

it("waits for nothing when the start was well, or there was a look before", async () => {
  const check = cpu("n8n");
  expect(await runCheck(check, roundWith([[300, 30]]))).toMatchObject({
    status: "healthy",
    figures: { throttled_percent: 10 },
  });
  expect(await runCheck(check, roundWith([[310, 39]]))).toMatchObject({
    status: "degraded",
    figures: { throttled_percent: 90 },
  });
});

it("begins anew with a container that was started again", async () => {
  const check = cpu("n8n");
  await runCheck(check, roundWith([[1_000, 100]]));
  expect(await runCheck(check, roundWith([[10, 3]], "2026-01-02T00:00:00Z"))).toMatchObject({
    status: "healthy",
    figures: { throttled_percent: 30 },
  });
});

it("follows the limits that a definition gives it", async () => {
  const counts: Counted[] = [
    [300, 90],
    [310, 90],
  ];
  const strict = { ...cpu("n8n"), thresholds: { warning: 20, unit: "%", bad: "above" } } as const;
  expect(await runCheck(strict, roundWith(counts))).toMatchObject({
    status: "healthy",
    figures: { throttled_percent: 0 },
  });
});

import { setTimeout as sleep } from "node:timers/promises";
import type { Check, CheckContext, Observation } from "../check.ts";
import { containerStats, takeStats } from "../container-stats.ts";
import { crossed } from "../thresholds.ts";
import { usual } from "../usual.ts";
import { percent } from "../words.ts";

/** What the kernel has counted since a container's start. */
interface Sample {
  /** When that was. */
  readonly start: string | undefined;
  /** Slices of 100 ms in which it worked, and those of them in which its limit held it back. */
  readonly periods: number;
  readonly throttled: number;
  /** Of CPU, ns. */
  readonly used: number;
  /** When it was taken, ms. */
  readonly at: number;
}

/** ms; ten slices. */
const aMoment = 1_000;

/**
 * How often a service ran into its CPU limit, of the slices in which it worked: since the last look of this process, or else
 * since the container started. A start takes all that it can get: where that is over the limit, a moment of now is what counts.
 */
export function cpu(service: string): Check {
  let last: Sample | undefined;
  return {
    ...usual,
    name: `${service} cpu`,
    service,
    severity: "warning",
    needs: [service],
    thresholds: { warning: 50, unit: "% of its time held back by its limit", bad: "above" },
    async look(context, signal) {
      const first = sampleOf(context, service, await containerStats(context, service));
      const before = last?.start === first.start ? last : undefined;
      last = first;
      // `this`: a definition may have given it other limits.
      if (before || !this.thresholds || !crossed(this.thresholds, heldBack(first))) return observe(first, before);
      await sleep(aMoment, undefined, { signal });
      last = sampleOf(context, service, await takeStats(context, service));
      return observe(last, first);
    },
  };
}

function sampleOf(
  { containers }: CheckContext,
  service: string,
  { cpu_stats: { throttling_data, cpu_usage } }: Awaited<ReturnType<typeof takeStats>>,
): Sample {
  return {
    start: containers.get(service)?.State.StartedAt,
    periods: throttling_data.periods,
    throttled: throttling_data.throttled_periods,
    used: cpu_usage.total_usage,
    at: performance.now(),
  };
}

function observe(now: Sample, before: Sample | undefined): Observation {
  const throttled = heldBack(now, before);
  const cores = before && (now.used - before.used) / 1e6 / (now.at - before.at);
  return {
    ok: true,
    seen: now.periods ? `held back by its limit ${throttled} % of its time` : "no limit",
    measured: throttled,
    figures: {
      cpu_seconds: Math.round(now.used / 1e9),
      throttled_percent: throttled,
      ...(cores === undefined ? {} : { cpu_cores: Math.round(cores * 1_000) / 1_000 }),
    },
    next: "Give it more: cpus in the compose files, then deploy",
  };
}

/** In %. */
function heldBack(now: Sample, before?: Sample): number {
  return percent(now.throttled - (before?.throttled ?? 0), now.periods - (before?.periods ?? 0));
}

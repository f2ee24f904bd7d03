import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../packages/deploy/test/support/remote-host.ts";
import { lateness } from "./lateness.ts";
import type { Load, Monitor } from "./monitors.ts";
import { processUse } from "./process-use.ts";
import { run } from "./running.ts";
import { openTarget, type Target } from "./target.ts";

export interface Trial extends Pick<Load, "checks" | "interval"> {
  /** How long is measured, after every check has asked once. */
  readonly minutes: number;
  readonly signal: AbortSignal;
}

export interface Probed {
  readonly name: string;
  /** Seconds until every check had asked once. */
  readonly begun: number;
  /** Share of one core. */
  readonly cpu: number;
  /** Bytes, since it was started. */
  readonly peak: number;
  /** ms, ascending: see lateness(). */
  readonly lateness: readonly number[];
  readonly probes: number;
}

/** Let a monitor watch a fresh target, and measure it from outside: what it says of itself is not asked. */
export async function probe(monitor: Monitor, trial: Trial): Promise<Probed> {
  const { checks, interval, minutes, signal } = trial;
  using target = await openTarget();
  using folder = mkdtempDisposableSync(join(tmpdir(), "understudy-bench-"));
  const load = { url: target.url, checks, interval, port: await freePort() };
  await using running = await run(monitor.prepare(folder.path, load));
  const started = performance.now();
  const count = async () => {
    running.assertRunning();
    return Object.keys((await target.seen()).arrivals).length;
  };
  // Gatus starts its checks 222 ms apart.
  const patience = checks * 300 + interval * 2_000 + 30_000;
  while ((await count()) < checks) {
    if (performance.now() - started > patience)
      throw new Error(`${monitor.name} asked for ${await count()} of ${checks} checks in ${patience / 1_000} s`);
    await sleep(250, undefined, { signal });
  }
  const begun = (performance.now() - started) / 1_000;
  const from = await target.seen();
  const before = processUse(running.pid);
  await sleep(minutes * 60_000, undefined, { signal });
  running.assertRunning();
  const after = processUse(running.pid);
  const to = await target.seen();
  return {
    name: monitor.name,
    begun,
    cpu: (after.cpu - before.cpu) / (to.now - from.now),
    peak: after.peak,
    lateness: lateness(to, interval * 1_000, from.now),
    probes: total(to) - total(from),
  };
}

function total({ arrivals }: Awaited<ReturnType<Target["seen"]>>): number {
  return Object.values(arrivals).reduce((sum, { length }) => sum + length, 0);
}

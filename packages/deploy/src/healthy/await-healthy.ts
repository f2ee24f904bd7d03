import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerInspectInfo } from "@understudy/core";
import { awaitOwnTest, type Engine, passesOwnTest, statusOf } from "@understudy/core";
import { diagnose, Unhealthy } from "./diagnose.ts";

/** A container that ended this often is not going to come up. */
const hopelessRestarts = 5;

/** How long a container's own test is waited for before the container is looked at again, seconds. */
const patience = 3;

/** How often a test must succeed in a row, and ms between two. */
const timesAfresh = 3;
const pauseAfresh = 1_000;

export interface HealthWait {
  readonly service: string;
  readonly container: string;
  /** ms. */
  readonly timeout: number;
  /** A cheap question that a healthy service answers, asked before its own test is run. */
  answers?(): Promise<boolean>;
  /**
   * What it needs was away: its own test must succeed now, and again. The engine's opinion is from before, and a service takes a
   * moment to notice.
   */
  readonly afresh?: boolean;
  /** Ends the wait early, with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Wait until a service is really healthy: its own health test, run by us inside the container instead of waiting for the
 * engine's interval, succeeds; or the engine found so. A container without a test must only run.
 * @returns seconds from the container's start until it was seen healthy, by this machine's clock.
 * @throws Unhealthy with state and last log lines when it does not come up in time, or never will.
 */
export async function awaitHealthy(engine: Engine, wait: HealthWait): Promise<number> {
  const deadline = Date.now() + wait.timeout;
  for (let pause = 150; ; pause = Math.min(pause * 1.3, 300)) {
    const info = await inspect(engine, wait.container);
    if (!info) throw new Unhealthy(wait.service, "its container is gone", undefined, []);
    if (info.State.Running && !info.State.Restarting && (await isHealthy(engine, wait, info))) {
      return (Date.now() - Date.parse(info.State.StartedAt)) / 1_000;
    }
    if (info.RestartCount >= hopelessRestarts || Date.now() + pause > deadline) {
      throw await diagnose(engine, wait.service, info, wait.timeout);
    }
    wait.signal?.throwIfAborted();
    await sleep(pause);
  }
}

async function isHealthy(engine: Engine, wait: HealthWait, info: ContainerInspectInfo): Promise<boolean> {
  if (wait.afresh) return await passesAgain(engine, info);
  if (info.State.Health?.Status === "healthy") return true;
  if (!wait.answers) return await awaitOwnTest(engine, info, patience);
  return (await wait.answers()) && (await passesOwnTest(engine, info));
}

async function passesAgain(engine: Engine, info: ContainerInspectInfo): Promise<boolean> {
  for (let times = 0; times < timesAfresh; times++) {
    if (times) await sleep(pauseAfresh);
    if (!(await passesOwnTest(engine, info))) return false;
  }
  return true;
}

async function inspect(engine: Engine, container: string): Promise<ContainerInspectInfo | undefined> {
  try {
    return await engine.docker.getContainer(container).inspect();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, type Fleet, type Labels, lastLogLines } from "@understudy/core";
import { judgeService } from "../swarm/judge-service.ts";
import { tellingLines, Unhealthy } from "./diagnose.ts";

export interface ServiceWait {
  readonly service: string;
  /** As the swarm calls it. */
  readonly name: string;
  /** ms. */
  readonly timeout: number;
  readonly asSaid: (labels: Labels | undefined) => boolean;
  /** Enough that it serves, before the swarm has watched whether it stays. */
  readonly soon?: boolean;
  /** Ends the wait early, with its reason. */
  readonly signal?: AbortSignal;
}

/** How far back the cause may be: after it a database prints the whole statement that failed. */
const linesToCause = 200;

/**
 * Wait until all containers of a service run as it was last said, and are healthy, wherever they are.
 * @returns seconds from the last one's start until it was seen
 * @throws Unhealthy with what the swarm and its last container said, when it does not come up in time, or went back
 */
export async function awaitService(engine: Engine, fleet: Fleet, wait: ServiceWait): Promise<number> {
  const began = Date.now();
  for (;;) {
    const { services, tasks, nodes } = await fleet.look();
    const service = services.find(({ Spec }) => Spec.Name === wait.name);
    const verdict = judgeService({ service, tasks, nodes, asSaid: wait.asSaid });
    const isUp = verdict.is === "healthy" || (verdict.is === "serving" && wait.soon);
    if (isUp) return Math.max(0, (Date.now() - Math.max(began, Date.parse(verdict.since))) / 1_000);
    if (verdict.is === "failed") throw await unhealthy(engine, wait.service, verdict.why, verdict.container);
    if (Date.now() - began > wait.timeout) {
      throw await unhealthy(
        engine,
        wait.service,
        `not within ${Math.round(wait.timeout / 1_000)} s: ${verdict.is === "waiting" ? verdict.why : "its update has not ended"}`,
      );
    }
    wait.signal?.throwIfAborted();
    await sleep(500);
  }
}

async function unhealthy(engine: Engine, service: string, why: string, container?: string): Promise<Unhealthy> {
  const lines = container ? await lastLogLines(engine, container, linesToCause).catch(() => []) : [];
  return new Unhealthy(service, why, undefined, tellingLines(lines));
}

import type { Engine } from "@understudy/core";
import type { Candidate } from "../candidate.ts";
import { serviceAsSaid } from "../swarm/as-said.ts";
import { awaitHealthy, type HealthWait } from "./await-healthy.ts";
import { awaitService } from "./await-service.ts";

export interface ServiceHealthWait extends HealthWait {
  /** In a swarm: enough that it serves, before the swarm has watched whether it stays. */
  readonly soon?: boolean;
}

/**
 * Wait until a candidate's service is healthy: its container on one engine, all of it in a swarm.
 * @returns seconds since it was started
 * @throws Unhealthy when it does not come up in time, or never will
 */
export function whenHealthy(engine: Engine, candidate: Candidate, wait: ServiceHealthWait): Promise<number> {
  // What stayed while something that it needs was away is as it was said before.
  if (!engine.fleet || wait.afresh) return awaitHealthy(engine, wait);
  const { service, timeout, signal, soon = false } = wait;
  return awaitService(engine, engine.fleet, {
    ...serviceAsSaid(candidate, service),
    ...{ timeout, soon },
    ...(signal ? { signal } : {}),
  });
}

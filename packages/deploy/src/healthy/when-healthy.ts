import type { Engine } from "@understudy/core";
import type { Candidate } from "../candidate.ts";
import { serviceAsSaid } from "../swarm/as-said.ts";
import { awaitHealthy, type HealthWait } from "./await-healthy.ts";
import { awaitService } from "./await-service.ts";

/**
 * Wait until a candidate's service is healthy: its container on one engine, all of it in a swarm.
 * @returns seconds since it was started
 * @throws Unhealthy when it does not come up in time, or never will
 */
export function whenHealthy(engine: Engine, candidate: Candidate, wait: HealthWait): Promise<number> {
  if (!engine.fleet) return awaitHealthy(engine, wait);
  const { service, timeout, signal } = wait;
  return awaitService(engine, engine.fleet, {
    ...serviceAsSaid(candidate, service),
    timeout,
    ...(signal ? { signal } : {}),
  });
}

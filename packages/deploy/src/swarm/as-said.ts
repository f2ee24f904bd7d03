import type { Labels } from "@understudy/core";
import { containerName } from "@understudy/stacks/names";
import type { Candidate } from "../candidate.ts";
import { configLabel, configOf } from "../plan/labels.ts";

/** How a service of a candidate is known in a swarm, and whether it is there as the candidate says. Pure. */
export function serviceAsSaid(candidate: Candidate, service: string) {
  const { stackName } = candidate.desired.environment;
  const config = configOf(candidate, service);
  return {
    service,
    name: containerName(stackName, service),
    asSaid: (labels: Labels | undefined) => labels?.[configLabel] === config,
  };
}

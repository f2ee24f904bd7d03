import { readFact, writeFact } from "@understudy/core";
import { recordDeployed, takeSnapshot } from "@understudy/environment";
import { fingerprint } from "./live/fingerprint.ts";
import { ownedVolumes } from "./live/missing-volumes.ts";
import { knownContainers } from "./plan/drift.ts";
import type { Applied } from "./plan/plan-deploy.ts";
import type { Work } from "./work.ts";

/** Write down what a deploy that ended well left on the host: the next one compares with it. */
export async function record({
  engine,
  candidate,
  healthTimes,
  lastMigration,
}: Pick<Work, "engine" | "candidate" | "healthTimes" | "lastMigration">): Promise<void> {
  const { installation, environment, model } = candidate.desired;
  const snapshot = await takeSnapshot(engine, environment.stackName);
  const earlier = readFact<Applied>(installation, environment.name, "applied")?.secondsToHealthy ?? {};
  const applied: Applied = {
    inputs: candidate.inputs,
    fingerprint: fingerprint(snapshot),
    containers: knownContainers(snapshot),
    secondsToHealthy: healthTimes.over(earlier),
  };
  recordDeployed(candidate.desired, candidate.release, lastMigration);
  writeFact(installation, environment.name, "volumes", ownedVolumes(environment.stackName, model));
  writeFact(installation, environment.name, "applied", applied);
}

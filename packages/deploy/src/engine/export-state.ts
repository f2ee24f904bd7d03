import type { Engine, Log } from "@understudy/core";
import { desiredStack, type Recorded, takeSnapshot } from "@understudy/environment";
import { createCandidate } from "../candidate.ts";
import { exportDeployment } from "./deployment.ts";

/** What Pulumi remembers of a deployed environment, as JSON; secrets in it are encrypted. */
export async function exportState(engine: Engine, { target, profile, release }: Recorded, log: Log): Promise<string> {
  const { openCandidate } = await import("./stack.ts");
  const desired = await desiredStack(target, profile);
  const candidate = await createCandidate(desired, release.images, release);
  const snapshot = await takeSnapshot(engine, desired.environment.stackName);
  const { stack, run } = await openCandidate(engine, candidate, snapshot, log);
  return JSON.stringify(await run(() => exportDeployment(stack)));
}

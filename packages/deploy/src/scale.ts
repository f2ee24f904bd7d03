import { openLog, UserError } from "@understudy/core";
import {
  chooseTarget,
  connectTo,
  desiredStack,
  type EnvironmentChoice,
  NotDeployed,
  type Recorded,
  type Replicas,
  type RunningCount,
  readScale,
  recordedDeployment,
  runningCounts,
  type Target,
  takeSnapshot,
  writeScale,
} from "@understudy/environment";
import { changeStack, makePlan, type StackChange } from "./change-stack.ts";
import type { ChangeCounts } from "./engine/changes.ts";
import { ensureToolbox } from "./images/acquire.ts";
import { mutateStack } from "./mutate-stack.ts";
import { rehearseCandidate } from "./prepare-candidate.ts";
import { followPhases } from "./report/phases.ts";

export interface ScaleRequest extends EnvironmentChoice {
  /** Numbers of containers by service; empty: only say how many there are. */
  readonly wanted: Replicas;
  readonly dryRun: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `scale --json` says; documented in docs/cli-json.md. */
export interface ScaleReport {
  readonly environment: string;
  readonly services: readonly RunningCount[];
  /** Null where nothing was asked for. */
  readonly changes: ChangeCounts | null;
}

/**
 * Run a service in more or fewer containers. The release stays what it is; the number stays the environment's until another is told.
 * @throws UserError for a service that is not there or cannot run so often
 */
export async function scale(request: ScaleRequest): Promise<ScaleReport> {
  const target = chooseTarget(request);
  const { environment, installation } = target;
  const recorded = recordedDeployment(target);
  if (!recorded) throw new NotDeployed(target);
  await using engine = await connectTo(target);
  const asked = Object.keys(request.wanted).length > 0;
  const scaled = asked ? await withNumbers(recorded, request.wanted) : recorded.target;
  const counts = async () => {
    const { replicas } = await desiredStack(scaled, recorded.profile);
    return runningCounts(replicas, await takeSnapshot(engine, environment.stackName));
  };
  if (!asked) return { environment: environment.name, services: await counts(), changes: null };
  const log = openLog(installation, environment.name, "scale");
  const change: StackChange = {
    ...{ verb: "scale", target: scaled, profile: recorded.profile, recorded: recorded.release, engine },
    ...{ refresh: false, acceptEmptyVolumes: [], lastMigration: recorded.lastMigration },
    ...{ say: request.say, log, endPhase: followPhases(log) },
  };
  if (request.dryRun) {
    const plan = await makePlan(change, await rehearseCandidate(change), { resumed: false, dryRun: true });
    return { environment: environment.name, services: await counts(), changes: plan.counts };
  }
  const toolbox = await ensureToolbox(engine, request.say);
  const options = { verb: "scale", wait: request.wait, toolbox, log, say: request.say };
  return await mutateStack(target, engine, options, async (mutation) => {
    const { plan } = await changeStack(change, mutation);
    // Only now: a number that could not be had is not kept, and what it began is undone by the next deploy.
    writeScale(target, scaled.scale ?? {});
    return { environment: environment.name, services: await counts(), changes: plan.counts };
  });
}

/** A number that is the compose files' own is not kept: they may say another one day. */
async function withNumbers({ target, profile }: Recorded, wanted: Replicas): Promise<Target> {
  const { replicas: files } = await desiredStack({ ...target, scale: {} }, profile);
  for (const service of Object.keys(wanted)) {
    if (files[service] !== undefined) continue;
    throw new UserError(`${target.environment.name} has no service "${service}"`, {
      next: `It has: ${Object.keys(files).sort().join(", ")}`,
      exitCode: 2,
    });
  }
  const all = Object.entries({ ...readScale(target), ...wanted });
  return { ...target, scale: Object.fromEntries(all.filter(([service, count]) => files[service] !== count)) };
}

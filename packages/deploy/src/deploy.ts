import { audit, openLog, UserError } from "@understudy/core";
import {
  chooseTarget,
  connectTo,
  type EnvironmentChoice,
  type Profile,
  type Recorded,
  recordedDeployment,
  resolveProfile,
  type Target,
} from "@understudy/environment";
import { changeStack, type DeployOutcome, makePlan, type StackChange } from "./change-stack.ts";
import { ensureToolbox } from "./images/acquire.ts";
import { mutateStack } from "./mutate-stack.ts";
import { readDesired, rehearseCandidate } from "./prepare-candidate.ts";
import { deployReport } from "./report/deploy-report.ts";
import { followPhases } from "./report/phases.ts";
import { findUnchanged } from "./unchanged.ts";
import { belongingTo } from "./workflows.ts";

export interface DeployRequest extends EnvironmentChoice {
  readonly kind: "production" | "staging";
  readonly profile?: Profile | undefined;
  readonly dryRun: boolean;
  readonly wait: boolean;
  /** Ask the engine even when nothing seems to have changed. */
  readonly refresh: boolean;
  /** Missing data volumes, by their name on the host, that may be made anew and empty. */
  readonly acceptEmptyVolumes: readonly string[];
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

interface Run extends StackChange {
  readonly wait: boolean;
  /** Look again, under the lock, at what is recorded. */
  again(): Pick<StackChange, "target" | "profile" | "recorded">;
}

/** Make an environment's stack what its compose files say, and prove it healthy. With `dryRun`, only say the plan. */
export async function deploy(request: DeployRequest): Promise<DeployOutcome> {
  const { say } = request;
  const chosen = chooseTarget(request, request.kind);
  const { environment, installation } = chosen;
  const log = openLog(installation, environment.name, "deploy");
  const endPhase = followPhases(log);
  endPhase("start");
  await using engine = await connectTo(chosen);
  endPhase("connect");
  const again = () => laidOver(chosen, request.profile);
  const { target, profile, recorded } = again();
  say(`Environment ${environment.name}, profile ${profile.profile} (${profile.because})`);
  if (recorded) say(`Release ${recorded.id} is recorded; deploy only repairs it. New releases come by promotion`);
  log.info({ environment: environment.name, profile, dryRun: request.dryRun }, "deploy begins");
  const { refresh, acceptEmptyVolumes, wait } = request;
  const run: Run = {
    ...{ verb: `deploy:${environment.kind}`, target, profile, recorded, engine, again },
    ...{ workflows: { manner: "tolerant" }, lastMigration: belongingTo(chosen) },
    ...{ refresh, acceptEmptyVolumes, wait, say, log, endPhase },
  };
  if (request.dryRun) {
    const plan = await makePlan(run, await rehearseCandidate(run), { resumed: false, dryRun: true });
    return { plan, report: undefined, turnovers: [], newLogins: [], shown: () => {} };
  }
  const unchanged = request.refresh ? undefined : await leaveUnchanged(run);
  return unchanged ?? (await change(run));
}

/** Production is what is recorded of it, once something is; anything else what the working tree says. */
function laidOver(chosen: Target, asked: Profile | undefined): Pick<StackChange, "target" | "profile" | "recorded"> {
  const { environment } = chosen;
  const kept = environment.kind === "production" ? recordedDeployment(chosen) : undefined;
  if (!kept) return { target: chosen, profile: resolveProfile(environment, asked), recorded: undefined };
  refuseOtherProfile(kept, asked);
  return { target: kept.target, profile: kept.profile, recorded: kept.release };
}

function refuseOtherProfile({ profile }: Recorded, asked: Profile | undefined): void {
  if (!asked || asked === profile.profile) return;
  throw new UserError(`Production is deployed with profile ${profile.profile}, and a deploy only repairs it`, {
    next: "Leave --env away",
    exitCode: 2,
  });
}

/** End without taking the lock when there is nothing to do and everything answers. */
async function leaveUnchanged(run: Run): Promise<DeployOutcome | undefined> {
  const { engine, target, say, log, endPhase } = run;
  const desired = await readDesired(run);
  endPhase("read");
  const unchanged = await findUnchanged(engine, desired);
  endPhase("look");
  if (!unchanged) return undefined;
  const { environment, installation } = target;
  const { plan, services, release } = unchanged;
  say("Plan: nothing to change");
  const entry = { what: `deploy:${environment.kind}`, environment: environment.name, result: "succeeded" } as const;
  audit(installation, { ...entry, detail: "nothing to change" });
  const report = deployReport(desired, plan, services, release);
  log.info({ report }, "deploy ends");
  return { plan, report, turnovers: [], newLogins: [], shown: () => {} };
}

/** Prepare, plan and carry out, under the environment's lock. */
async function change(run: Run): Promise<DeployOutcome> {
  const { verb, engine, target, wait, say, log, endPhase } = run;
  const options = { verb, wait, toolbox: await ensureToolbox(engine, say), log, say };
  return await mutateStack(target, engine, options, async (mutation) => {
    endPhase("lock");
    // Whoever had the lock before may have promoted another release.
    const outcome = await changeStack({ ...run, ...run.again() }, mutation);
    log.info({ report: outcome.report }, "deploy ends");
    return outcome;
  });
}

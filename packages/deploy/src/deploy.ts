import {
  audit,
  connectEngine,
  type Engine,
  type HostSession,
  type Log,
  openLog,
  readFact,
  runSteps,
  UserError,
} from "@understudy/core";
import { applyPlan } from "./apply.ts";
import type { Candidate } from "./candidate.ts";
import {
  chooseTarget,
  type DesiredStack,
  type EnvironmentChoice,
  resolveProfile,
  type Target,
} from "./context/prepare.ts";
import type { Profile, ProfileChoice } from "./context/profile.ts";
import { firstRun } from "./first-run/first-run.ts";
import { type Login, markShown, unshownLogins } from "./first-run/logins.ts";
import { HealthTimes } from "./healthy/health-times.ts";
import { ensureToolbox } from "./images/acquire.ts";
import { existingVolumes, ownedVolumes } from "./live/missing-volumes.ts";
import { mutate } from "./mutation.ts";
import { planLine } from "./plan/describe.ts";
import { guardVolumes } from "./plan/guard-volumes.ts";
import { type DeployPlan, planDeploy } from "./plan/plan-deploy.ts";
import { type Recorded, recordedDeployment } from "./plan/recorded-release.ts";
import type { Release } from "./plan/release.ts";
import { prepareCandidate, readDesired, rehearseCandidate } from "./prepare-candidate.ts";
import { record } from "./record.ts";
import { changesLine, type DeployReport, type ServiceReport } from "./report/deploy-report.ts";
import { type EndPhase, followPhases } from "./report/phases.ts";
import { findUnchanged } from "./unchanged.ts";
import { verifyStack } from "./verify.ts";
import type { Report, Work } from "./work.ts";

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

export interface DeployOutcome {
  readonly plan: DeployPlan;
  /** Absent in a dry run. */
  readonly report: DeployReport | undefined;
  /** Logins that the person has not been shown yet. */
  readonly newLogins: readonly Login[];
  /** To be called once they were. */
  shown(): void;
}

/** What one run of a deploy carries from stage to stage. */
interface Run {
  readonly request: DeployRequest;
  readonly target: Target;
  readonly profile: ProfileChoice;
  readonly recorded: Release | undefined;
  readonly engine: Engine;
  readonly say: (line: string) => void;
  readonly log: Log;
  readonly endPhase: EndPhase;
}

/** Make an environment's stack what its compose files say, and prove it healthy. With `dryRun`, only say the plan. */
export async function deploy(request: DeployRequest): Promise<DeployOutcome> {
  const { say } = request;
  const chosen = chooseTarget(request, request.kind);
  const { environment, installation } = chosen;
  const log = openLog(installation, environment.name, "deploy");
  const endPhase = followPhases(log);
  endPhase("start");
  const kept = environment.kind === "production" ? recordedDeployment(chosen) : undefined;
  if (kept) refuseOtherProfile(kept, request.profile);
  const { target, profile } = kept ?? { target: chosen, profile: resolveProfile(environment, request.profile) };
  say(`Environment ${environment.name}, profile ${profile.profile} (${profile.because})`);
  if (kept) say(`Release ${kept.release.id} is recorded; deploy only repairs it. New releases come by promotion`);
  log.info({ environment: environment.name, profile, dryRun: request.dryRun }, "deploy begins");
  await using engine = await connectEngine(environment.host, environment.sshOptions);
  endPhase("connect");
  const run: Run = { request, target, profile, recorded: kept?.release, engine, say, log, endPhase };
  if (request.dryRun) {
    const plan = await makePlan(run, await rehearseCandidate(run), false);
    return { plan, report: undefined, newLogins: [], shown: () => {} };
  }
  const unchanged = request.refresh ? undefined : await leaveUnchanged(run);
  return unchanged ?? (await change(run));
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
  const report = reportOf(desired, plan, services, release);
  log.info({ report }, "deploy ends");
  return { plan, report, newLogins: [], shown: () => {} };
}

/** Prepare, plan and carry out, under the environment's lock. */
async function change(run: Run): Promise<DeployOutcome> {
  const { engine, target, say, log, endPhase } = run;
  const toolbox = await ensureToolbox(engine, say);
  const options = { verb: `deploy:${target.environment.kind}`, wait: run.request.wait, toolbox, log, say };
  return await mutate(target, engine, options, async ({ session, journal, resumed }) => {
    endPhase("lock");
    journal.step("prepare");
    const candidate = await prepareCandidate(run, session, resumed);
    endPhase("prepare");
    journal.step("plan", { release: candidate.release.id });
    const plan = await makePlan(run, candidate, resumed);
    endPhase("plan");
    journal.step("apply", { changes: plan.counts });
    const outcome = await perform(run, candidate, plan, session);
    log.info({ report: outcome.report }, "deploy ends");
    return outcome;
  });
}

/** @param resumed whether the run before did not end well, so that leftovers of it are to be expected. */
async function makePlan(run: Run, candidate: Candidate, resumed: boolean): Promise<DeployPlan> {
  const { engine, request, say, log } = run;
  const plan = await planDeploy(engine, candidate, log, request.refresh || request.dryRun || resumed);
  if (!resumed && !request.dryRun) refuseStrays(plan, candidate);
  const { installation, environment, model } = candidate.desired;
  const recorded = readFact<string[]>(installation, environment.name, "volumes") ?? [];
  const owned = ownedVolumes(environment.stackName, model);
  const existing = await existingVolumes(engine, [...new Set([...recorded, ...owned])]);
  guardVolumes({ plan, recorded, existing, accepted: request.acceptEmptyVolumes, owned, resumed });
  for (const { service } of plan.repairs.containers)
    say(`  ${service}: left by a run that did not end well, container removed`);
  for (const item of plan.items) say(`  ${planLine(item)}`);
  say(plan.items.length ? `Plan: ${changesLine(plan.counts)}` : "Plan: nothing to change");
  log.info({ changes: plan.counts, items: plan.items }, "planned");
  return plan;
}

/** Containers that nobody remembers were not left by a killed run of ours: something is wrong with the state. */
function refuseStrays({ repairs }: DeployPlan, { desired }: Candidate): void {
  const names = repairs.containers.map(({ service }) => service);
  if (names.length === 0) return;
  throw new UserError(
    `${desired.environment.name} runs ${names.length} containers that the Pulumi state does not know (${names.join(", ")})`,
    {
      next: "Set state.backend to where it was deployed from; or, if that state is lost, docs/troubleshooting.md says how to begin a new one over the same data",
    },
  );
}

/** Carry the plan out, prove the result, and write down what is now there. */
async function perform(run: Run, candidate: Candidate, plan: DeployPlan, session: HostSession): Promise<DeployOutcome> {
  const { engine, log, endPhase } = run;
  const work: Work = { engine, session, candidate, plan, log, healthTimes: new HealthTimes() };
  let services: readonly ServiceReport[] = [];
  const apply = {
    title: "Apply",
    run: async (report: Report) => {
      await applyPlan(work, report);
      endPhase("apply");
    },
  };
  const prove = {
    title: "Wait until every service is healthy",
    run: async (report: Report) => {
      services = await verifyStack(work, report);
      endPhase("health");
    },
  };
  const logIn = {
    title: "Logins",
    run: async () => {
      const note = await firstRun(engine, session, candidate.desired);
      endPhase("logins");
      return note;
    },
  };
  await runSteps(hasWork(plan) ? [apply, prove, logIn] : [prove, logIn]);
  await record(work);
  endPhase("record");
  const report = reportOf(candidate.desired, plan, services, candidate.release.id);
  return { plan, report, newLogins: unshownLogins(candidate.desired), shown: () => markShown(candidate.desired) };
}

function hasWork({ engineNeeded, start, repairs }: DeployPlan): boolean {
  return (
    engineNeeded ||
    start.length > 0 ||
    repairs.state !== undefined ||
    repairs.containers.length + repairs.networks.length > 0
  );
}

function reportOf(
  { environment, profile }: DesiredStack,
  { counts }: DeployPlan,
  services: readonly ServiceReport[],
  release: string,
): DeployReport {
  // Since the process began: what the person waited.
  const seconds = Math.round(performance.now() / 100) / 10;
  return { environment: environment.name, profile: profile.profile, changes: counts, services, release, seconds };
}

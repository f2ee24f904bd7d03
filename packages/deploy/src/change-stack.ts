import { type HostSession, type Log, openQuietWindow, readFact, runSteps, UserError } from "@understudy/core";
import type { Mutation } from "@understudy/environment";
import { applyPlan } from "./apply.ts";
import type { Candidate } from "./candidate.ts";
import type { TurnoverReport } from "./edge/turnovers.ts";
import { firstRun } from "./first-run/first-run.ts";
import { type Login, markShown, unshownLogins } from "./first-run/logins.ts";
import { HealthTimes } from "./healthy/health-times.ts";
import { existingVolumes, ownedVolumes } from "./live/missing-volumes.ts";
import { prepareManaged } from "./managed/prepare-managed.ts";
import { planLine } from "./plan/describe.ts";
import { guardVolumes } from "./plan/guard-volumes.ts";
import { type DeployPlan, planDeploy } from "./plan/plan-deploy.ts";
import { type Preparation, prepareCandidate } from "./prepare-candidate.ts";
import { record } from "./record.ts";
import { changesLine, type DeployReport, deployReport, type ServiceReport } from "./report/deploy-report.ts";
import type { EndPhase } from "./report/phases.ts";
import { verifyStack } from "./verify.ts";
import type { Report, Work } from "./work.ts";
import { type WorkflowsChange, WorkflowsWork } from "./workflows.ts";

/** What making a stack what it should be works with. */
export interface StackChange extends Preparation {
  /** Under which it is done. */
  readonly verb: string;
  /** Ask the engine even when nothing seems to have changed. */
  readonly refresh: boolean;
  /** Start no service twice to spare its requests a wait: what has to be is there soonest. */
  readonly straight?: boolean;
  /** Missing data volumes, by their name on the host, that may be made anew and empty. */
  readonly acceptEmptyVolumes: readonly string[];
  /** How its workflow migrations come, before n8n gets requests where it starts; without it they are left alone. */
  readonly workflows?: WorkflowsChange | undefined;
  /** Name of the last workflow migration that belongs to it; undefined where none does. */
  readonly lastMigration: string | undefined;
  readonly log: Log;
  readonly endPhase: EndPhase;
}

export interface DeployOutcome {
  readonly plan: DeployPlan;
  /** Absent in a dry run. */
  readonly report: DeployReport | undefined;
  /** What requests went through at the edge while containers were replaced. */
  readonly turnovers: readonly TurnoverReport[];
  /** Logins that the person has not been shown yet. */
  readonly newLogins: readonly Login[];
  /** To be called once they were. */
  shown(): void;
}

/** Make a stack what it should be, under the environment's lock: prepare, plan, carry out, prove, record. @throws UserError */
export async function changeStack(
  change: StackChange,
  { session, journal, resumed }: Mutation,
): Promise<DeployOutcome> {
  const { verb, target, endPhase } = change;
  const { environment, installation } = target;
  journal.step("prepare");
  const candidate = await prepareCandidate(change, session, resumed);
  await prepareManaged(change.engine, candidate, change.acceptEmptyVolumes);
  endPhase("prepare");
  const release = candidate.release.id;
  journal.step("plan", { release });
  openQuietWindow(installation, environment.name, { what: verb, release });
  const plan = await makePlan(change, candidate, { resumed, dryRun: false });
  endPhase("plan");
  journal.step("apply", { changes: plan.counts });
  return await perform(change, candidate, plan, session);
}

/**
 * What it takes, told to the person.
 * @param resumed whether the run before did not end well, so that leftovers of it are to be expected
 */
export async function makePlan(
  { engine, refresh, acceptEmptyVolumes, say, log }: StackChange,
  candidate: Candidate,
  { resumed, dryRun }: { readonly resumed: boolean; readonly dryRun: boolean },
): Promise<DeployPlan> {
  const plan = await planDeploy(engine, candidate, log, { refresh: refresh || dryRun || resumed, resumed });
  if (!resumed && !dryRun) refuseStrays(plan, candidate);
  const { installation, environment, model } = candidate.desired;
  const recorded = readFact<string[]>(installation, environment.name, "volumes") ?? [];
  const owned = ownedVolumes(environment.stackName, model);
  const existing = await existingVolumes(engine, [...new Set([...recorded, ...owned])]);
  guardVolumes({ plan, recorded, existing, accepted: acceptEmptyVolumes, owned, resumed });
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
async function perform(
  { engine, straight = false, workflows, lastMigration, say, log, endPhase }: StackChange,
  candidate: Candidate,
  plan: DeployPlan,
  session: HostSession,
): Promise<DeployOutcome> {
  const brought = WorkflowsWork.of(candidate.desired, workflows, { to: lastMigration, say, log });
  const work: Work = {
    ...{ engine, session, candidate, plan, straight, log, lastMigration },
    ...{ workflows: brought, healthTimes: new HealthTimes() },
  };
  let services: readonly ServiceReport[] = [];
  let turnovers: readonly TurnoverReport[] = [];
  const apply = {
    title: "Apply",
    run: async (report: Report) => {
      turnovers = await applyPlan(work, report);
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
  const steps = hasWork(plan) ? [apply, prove, logIn] : [prove, logIn];
  await runSteps([...steps, ...(brought ? [brought.step] : [])]);
  if (brought) endPhase("workflows");
  await record(work);
  endPhase("record");
  const report = deployReport(candidate.desired, plan, services, candidate.release.id);
  return {
    plan,
    report,
    turnovers,
    newLogins: unshownLogins(candidate.desired),
    shown: () => markShown(candidate.desired),
  };
}

function hasWork({ engineNeeded, start, repairs }: DeployPlan): boolean {
  return (
    engineNeeded ||
    start.length > 0 ||
    repairs.state !== undefined ||
    repairs.containers.length + repairs.networks.length > 0
  );
}

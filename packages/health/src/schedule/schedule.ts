import { audit, confirmDestructive, messageOf, type Standing, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice } from "@understudy/environment";
import { chooseScheduler } from "./choose-scheduler.ts";
import { type JobName, jobNames, type OfferedJob, offeredJobs, parseJobNames, usualJobs } from "./jobs.ts";
import type { Found, FoundJob, Scheduler } from "./scheduler.ts";
import { applySteps, type ShownStep, type Step, shownStep } from "./step.ts";

export interface ScheduleRequest extends EnvironmentChoice {
  /** Job names, comma separated. */
  readonly only?: string;
  readonly with?: "systemd" | "cron";
}

export interface ScheduleChange extends ScheduleRequest {
  readonly verb: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** A job as it was found. */
export interface JobReport {
  readonly job: string;
  /** `unavailable`: this version lacks a verb that it runs. */
  readonly found: Standing | "unavailable";
  /** Whether it will run. */
  readonly on: boolean;
  /** The scheduler's words. */
  readonly next?: string;
  readonly last?: string;
  /** The verbs that this version lacks. */
  readonly missing?: readonly string[];
}

/** What `schedule:list --json` says. */
export interface ScheduleReport {
  readonly environment: string;
  readonly scheduler: "systemd" | "cron";
  /** As they were before anything was done. */
  readonly jobs: readonly JobReport[];
}

/** What `schedule:install --json` and `schedule:remove --json` say. */
export interface ChangeReport extends ScheduleReport {
  /** What was done, or would be; empty when nothing had to be. */
  readonly steps: readonly ShownStep[];
  readonly notes: readonly string[];
}

/** Look at an environment's jobs on this machine. */
export async function listSchedule(request: ScheduleRequest): Promise<ScheduleReport> {
  const { report } = await lookAt(request, true, jobNames);
  return report;
}

/** Give an environment its jobs. What is as it should be stays; what was edited by hand is asked about. */
export async function installSchedule(request: ScheduleChange): Promise<ChangeReport> {
  const view = await lookAt(request, request.dryRun, usualJobs);
  const unavailable = view.wanted.filter(({ missing }) => missing.length);
  if (request.only && unavailable[0]) {
    const [{ job, missing }] = unavailable as [OfferedJob];
    throw new UserError(`${job} cannot be scheduled yet: this version has no pnpm ${missing.join(", no pnpm ")}`);
  }
  const steps = view.found.install();
  await change(request, view, steps);
  return { ...view.report, steps: steps.map(shownStep), notes: view.scheduler.notes() };
}

/** Take an environment's jobs away. */
export async function removeSchedule(request: ScheduleChange): Promise<ChangeReport> {
  const view = await lookAt(request, request.dryRun, jobNames);
  const steps = view.found.remove();
  await change(request, view, steps);
  return { ...view.report, steps: steps.map(shownStep), notes: [] };
}

interface View {
  readonly target: ReturnType<typeof chooseTarget>;
  readonly scheduler: Scheduler;
  readonly wanted: readonly OfferedJob[];
  /** Of those that this version has. */
  readonly found: Found;
  readonly report: ScheduleReport;
}

/** @param unless the jobs that are looked at when none is named */
async function lookAt(request: ScheduleRequest, showOnly: boolean, unless: readonly JobName[]): Promise<View> {
  const names = parseJobNames(request.only, unless);
  const target = chooseTarget(request);
  const { scheduler, variables } = chooseScheduler(target, request.with, showOnly);
  const wanted = offeredJobs(target, variables).filter(({ job }) => names.includes(job));
  const found = await scheduler.look(wanted.filter(({ missing }) => missing.length === 0));
  if (!wanted.length) {
    throw new UserError(
      `${target.environment.name} is of kind ${target.environment.kind}, and can have no job ${names.join(", ")}`,
      {
        exitCode: 2,
      },
    );
  }
  const all = wanted.map(({ job, missing }) => {
    const here = found.jobs.find((one) => one.job === job);
    return here ? jobReport(here) : { job, found: "unavailable" as const, on: false, missing };
  });
  // Nobody asked for it.
  const jobs = all.filter((one) => request.only || one.job !== "team" || one.found !== "absent");
  const report = { environment: target.environment.name, scheduler: scheduler.name, jobs };
  return { target, scheduler, wanted, found, report };
}

function jobReport({ standing, ...rest }: FoundJob): JobReport {
  return { ...rest, found: standing };
}

/** Ask where something of somebody's would be lost, then do it, audited. */
async function change(request: ScheduleChange, { target, report }: View, steps: readonly Step[]): Promise<void> {
  const of = (found: Standing) => report.jobs.filter((job) => job.found === found).map(({ job }) => job);
  const [foreign] = of("foreign");
  if (foreign) {
    throw new UserError(`The unit of ${foreign} is there already, and another installation or person wrote it`, {
      next: `Remove it there, or give this installation another project: in understudy.yml`,
    });
  }
  if (steps.length === 0 || request.dryRun) return;
  const edited = of("edited");
  if (edited.length) {
    const lost = `${edited.join(" and ")} of ${report.environment} was changed by hand, and that would be lost. Go on?`;
    await confirmDestructive(lost, { yes: request.yes });
  }
  const record = (result: "started" | "succeeded" | "failed", detail?: unknown) =>
    audit(target.installation, { what: request.verb, environment: report.environment, result, detail });
  record("started");
  try {
    await applySteps(steps);
    record("succeeded", report.jobs);
  } catch (error) {
    record("failed", messageOf(error));
    throw error;
  }
}

import { table } from "@understudy/core";
import type { ChangeReport, JobReport, ScheduleReport } from "./schedule.ts";
import { describeStep } from "./step.ts";

/** The table of `schedule:list`. */
export function showSchedule({ environment, scheduler, jobs }: ScheduleReport): string {
  const rows = jobs.map((job) => [job.job, inWords(job), job.next ?? "", job.last ?? ""]);
  return `${table(["job", "state", "next run", "last run"], rows)}\n${environment}, by ${scheduler}\n`;
}

/** What `schedule:install` did, or with `dryRun` would do. */
export function showInstall(report: ChangeReport, dryRun: boolean): string {
  const changed = report.jobs.filter(({ found, on }) => found !== "unavailable" && !(found === "current" && on));
  const unavailable = report.jobs.filter(({ found }) => found === "unavailable");
  return [
    showSteps(report, changed, "installed", dryRun),
    ...unavailable.map((job) => `${job.job}: ${inWords(job)}\n`),
    ...report.notes.map((note) => `${note}\n`),
  ].join("");
}

/** What `schedule:remove` did, or with `dryRun` would do. */
export function showRemove(report: ChangeReport, dryRun: boolean): string {
  const there = report.jobs.filter(({ found }) => found !== "unavailable" && found !== "absent");
  return showSteps(report, there, "removed", dryRun);
}

function showSteps(report: ChangeReport, jobs: readonly JobReport[], done: string, dryRun: boolean): string {
  const { environment, scheduler, steps } = report;
  if (steps.length === 0) return `${environment}: nothing to do\n`;
  if (dryRun) return steps.map(describeStep).join("");
  return `${environment}: ${jobs.map(({ job }) => job).join(", ") || "units"} ${done}, by ${scheduler}\n`;
}

function inWords({ found, on, missing }: JobReport): string {
  if (found === "unavailable") return `not available yet (no pnpm ${missing?.join(", no pnpm ")})`;
  if (found === "absent") return "not installed";
  if (found === "foreign") return "somebody else's";
  const text = { current: "installed", outdated: "outdated: install again", edited: "changed by hand" }[found];
  return on ? text : `${text}, switched off`;
}

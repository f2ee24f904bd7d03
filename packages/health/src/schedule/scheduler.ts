import type { ScheduledJob, Standing } from "@understudy/core";
import type { Step } from "./step.ts";

/** A job as the machine has it now. */
export interface FoundJob {
  readonly job: string;
  readonly standing: Standing;
  /** Whether it will run: switched on, and not only written down. */
  readonly on: boolean;
  /** The scheduler's words, if it tells. */
  readonly next?: string | undefined;
  readonly last?: string | undefined;
}

/** What a scheduler has of some jobs, and what to do about it. */
export interface Found {
  /** In the order asked for. */
  readonly jobs: readonly FoundJob[];
  /** Steps to the jobs as they should be; none when they are. */
  install(): Step[];
  /** Steps to none of them. */
  remove(): Step[];
}

/** systemd or cron. */
export interface Scheduler {
  readonly name: "systemd" | "cron";
  look(jobs: readonly ScheduledJob[]): Promise<Found>;
  /** What a person should know who installs here. */
  notes(): string[];
}

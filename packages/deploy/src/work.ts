import type { Engine, HostSession, Log } from "@understudy/core";
import type { Candidate } from "./candidate.ts";
import type { HealthTimes } from "./healthy/health-times.ts";
import type { DeployPlan } from "./plan/plan-deploy.ts";
import type { WorkflowsWork } from "./workflows.ts";

/** What carrying out a deploy works with, from the plan to the proof. */
export interface Work {
  readonly engine: Engine;
  readonly session: HostSession;
  readonly candidate: Candidate;
  readonly plan: DeployPlan;
  /** Start no service twice to spare its requests a wait. */
  readonly straight: boolean;
  /** What becomes of its workflows; undefined where they are left alone. */
  readonly workflows: WorkflowsWork | undefined;
  /** Name of the last workflow migration that belongs to it. */
  readonly lastMigration: string | undefined;
  readonly log: Log;
  readonly healthTimes: HealthTimes;
}

/** Hears the newest line of a step's progress. */
export type Report = (line: string) => void;

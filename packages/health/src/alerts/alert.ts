import type { Severity } from "../checks/check.ts";

/** What people are told: one thing that went wrong, or is right again. Plain data. Times are ms since the epoch. */
export interface Alert {
  /** Of the incident: the same for its problem, reminders and recovery. */
  readonly id: string;
  /** `event`: something happened that does not last, such as a new kind of error in a log. */
  readonly kind: "problem" | "reminder" | "recovery" | "event" | "test";
  readonly environment: string;
  /** What runs there. */
  readonly release?: string;
  /** A change of ours, e.g. `deploy:staging`, that it began with or soon after. */
  readonly during?: { readonly what: string; readonly release?: string };
  /** The cause, as in the compose files, or `host`. */
  readonly service: string;
  readonly severity: Severity;
  /** The cause's own checks. An event has one: what happened. */
  readonly checks: readonly AlertCheck[];
  /** What failed because of it. */
  readonly affected: readonly { readonly service: string; readonly check: string; readonly seen: string }[];
  readonly evidence: Evidence;
  readonly since: number;
  /** When this was decided, not when it is sent. */
  readonly at: number;
}

export interface AlertCheck {
  readonly name: string;
  readonly seen: string;
  readonly expected: string;
  readonly next?: string;
}

export interface Evidence {
  /** Of the container, in words. */
  readonly state?: string;
  readonly restarts?: number;
  readonly lastLogLines: readonly string[];
  /** To run next. */
  readonly commands: readonly string[];
}

export const noEvidence: Evidence = { lastLogLines: [], commands: [] };

import type { ComposeModel } from "@understudy/compose";
import type { ContainerInspectInfo, Engine, Installation } from "@understudy/core";
import type { DesiredStack, Reach, RunningCount } from "@understudy/environment";

export type CheckStatus = "healthy" | "degraded" | "unhealthy";

/** What a failing check makes of its service: `critical` unhealthy, `warning` only degraded. */
export type Severity = "critical" | "warning";

/** What one look at a thing saw, in words that a person can act on. */
export interface Observation {
  readonly ok: boolean;
  /** Overrides the check's severity for this failure: a disk is first degraded, then unhealthy. */
  readonly severity?: Severity;
  readonly seen: string;
  /** Default: as the check says. */
  readonly expected?: string;
  /** What to try when it is not ok: a command line or a sentence. */
  readonly next?: string;
  /** The number that the check's thresholds are for. */
  readonly measured?: number;
  /** For `--verbose` and the metrics: name → number, units in the name, e.g. `connections`, `memory_bytes`. */
  readonly figures?: Readonly<Record<string, number>>;
  /** Evidence, redacted, e.g. the last log lines. */
  readonly lines?: readonly string[];
}

/** An observation of a named check; `health:check --json` shows all but figures and lines. */
export interface CheckResult extends Pick<Observation, "seen" | "next" | "figures" | "lines"> {
  /** Unique, e.g. `n8n readiness`. */
  readonly name: string;
  /** As in the compose files, or `host`. Alerts find their cause along the services' depends_on. */
  readonly service: string;
  readonly status: CheckStatus;
  readonly expected: string;
  readonly ms: number;
}

/** Everything that a look may use. One for each round: the containers in it are as they were when the round began. */
export interface CheckContext {
  readonly engine: Engine;
  readonly installation: Installation;
  /** What was deployed. */
  readonly stack: DesiredStack;
  readonly model: ComposeModel;
  /** By service. A service without a container is missing here. */
  readonly containers: ReadonlyMap<string, ContainerInspectInfo>;
  /** Of each service of the compose files. */
  readonly counts: readonly RunningCount[];
  readonly reach: Reach;
  /** ms since the epoch. Injected, so that tests can move it. */
  now(): number;
  /** When a heartbeat was last heard, if a monitor listens. */
  lastBeat?(name: string): Beat | undefined;
}

/** A sign of life from a scheduled job. Times are ms since the epoch. */
export interface Beat {
  readonly kind: "start" | "success" | "fail";
  readonly at: number;
  readonly lastSuccess: number | undefined;
}

/** Limits of the one number that a check measures. */
export interface Thresholds {
  readonly warning?: number | undefined;
  readonly critical?: number | undefined;
  readonly unit: string;
  /** On which side of the limit it is bad. */
  readonly bad: "above" | "below";
}

/** One thing to look at. Made by the registry from a definition, or by the defaults from the compose model. */
export interface Check {
  readonly name: string;
  readonly service: string;
  readonly severity: Severity;
  /** ms; the look is cut off then and counts as failed. */
  readonly timeout: number;
  /** ms between two looks of the monitor; undefined: as the settings say. */
  readonly interval: number | undefined;
  /** What a healthy look sees, for a look that was cut off or could not be made. */
  readonly expected?: string;
  /** Services whose containers must run and be connected: while one is not, that is what was seen, and no look is made. */
  readonly needs?: readonly string[];
  readonly thresholds?: Thresholds;
  /** It judges what was before, such as the last backup: data or a release that came just now has no part in it. */
  readonly ofThePast?: boolean;
  /** The name under which a job gives its signs of life to the monitor, if this check is about one. */
  readonly heartbeat?: string;
  /** Why there is nothing to look at in this environment now, if so. */
  notApplicable?(context: CheckContext): string | undefined;
  /** May throw: that is a failed look, with the error's message as what was seen. `signal` aborts at the timeout. */
  look(context: CheckContext, signal: AbortSignal): Promise<Observation>;
}

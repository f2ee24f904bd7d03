import type { CheckResult, Severity } from "../checks/check.ts";

/** What the monitor holds of one check: so many failures in a row make it fail, so many successes end that. */
export interface CheckState {
  readonly name: string;
  readonly service: string;
  readonly failing: boolean;
  /** While failing: how bad. */
  readonly severity: Severity;
  /** In a row, up to now. One of the two is 0. */
  readonly failures: number;
  readonly successes: number;
  /** First failure of the row that made it fail, or of the one that is counted now; ms since the epoch. */
  readonly failedSince: number | undefined;
  /** The last look, and when it ended. */
  readonly last: CheckResult;
  readonly at: number;
}

export interface Thresholds {
  readonly failures: number;
  readonly successes: number;
}

/** Take one more look into account. Pure. */
export function advance(
  state: CheckState | undefined,
  result: CheckResult,
  at: number,
  thresholds: Thresholds,
): CheckState {
  const ok = result.status === "healthy";
  const wasFailing = state?.failing ?? false;
  const failures = ok ? 0 : (state?.failures ?? 0) + 1;
  const successes = ok ? (state?.successes ?? 0) + 1 : 0;
  const failing = wasFailing ? successes < thresholds.successes : failures >= thresholds.failures;
  const severity: Severity = result.status === "unhealthy" ? "critical" : "warning";
  return {
    name: result.name,
    service: result.service,
    failing,
    severity: ok ? (state?.severity ?? "warning") : severity,
    failures,
    successes,
    failedSince: failing || !ok ? (state?.failedSince ?? at) : undefined,
    last: result,
    at,
  };
}

/** Forget failures that did not make a problem yet: after a time in which nothing was seen, counting begins anew. */
export function forgetUnconfirmed(state: CheckState): CheckState {
  return state.failing ? { ...state, successes: 0 } : { ...state, failures: 0, successes: 0, failedSince: undefined };
}

/** Whether a check may be about to fail: its last look failed, and it is not decided yet. */
export function isPending(state: CheckState): boolean {
  return !state.failing && state.failures > 0;
}

/** Whether there is anything to remember of it over a restart. */
export function isNoteworthy(state: CheckState): boolean {
  return state.failing || state.failures > 0;
}

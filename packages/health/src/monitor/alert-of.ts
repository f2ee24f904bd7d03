import type { QuietWindow } from "@understudy/core";
import { type Alert, type AlertCheck, type Evidence, noEvidence } from "../alerts/alert.ts";
import type { CheckState } from "./check-state.ts";
import type { Incident, Saying } from "./incidents.ts";

/** What an alert tells besides the incident itself. */
export interface Surroundings {
  readonly environment: string;
  /** What runs now. */
  readonly release: string | undefined;
  /** The last change of ours, over or not. */
  readonly change: QuietWindow | undefined;
  readonly states: ReadonlyMap<string, CheckState>;
  readonly evidence: Evidence;
  readonly now: number;
}

/** A problem that begins so soon after a change is told together with it, ms. */
const suspicious = 15 * 60_000;

/** An incident as people are told of it. Pure. */
export function alertOf({ kind, incident }: Saying, around: Surroundings): Alert {
  const { environment, release, change, states, evidence, now } = around;
  const during = change && isNear(incident, change) ? change : undefined;
  const tell = (names: readonly string[]) =>
    names.flatMap((name) => {
      const state = states.get(name);
      return state && (kind === "recovery" || state.failing) ? [state] : [];
    });
  return {
    id: incident.id,
    kind,
    environment,
    ...(release ? { release } : {}),
    ...(during ? { during: { what: during.what, ...(during.release ? { release: during.release } : {}) } } : {}),
    service: incident.service,
    severity: incident.severity,
    checks: [...tell(incident.checks), ...(kind === "recovery" ? [] : alsoSeen(incident, states))].map(tellCheck),
    affected: tell(incident.affected).map(({ service, name, last }) => ({ service, check: name, seen: last.seen })),
    evidence,
    since: incident.since,
    at: now,
  };
}

/** An event that does not last, as people are told of it. */
export function eventAlert(
  event: { readonly service: string; readonly name: string; readonly seen: string; readonly expected: string },
  around: Pick<Surroundings, "environment" | "release" | "now">,
): Alert {
  const { service, ...check } = event;
  return {
    id: `${around.environment}-${check.name}-${around.now}`,
    kind: "event",
    environment: around.environment,
    ...(around.release ? { release: around.release } : {}),
    service,
    severity: "warning",
    checks: [check],
    affected: [],
    evidence: noEvidence,
    since: around.now,
    at: around.now,
  };
}

/** Looks at the cause that failed too, and did not do so often enough yet: one of them may tell why. */
function alsoSeen({ service, checks }: Incident, states: ReadonlyMap<string, CheckState>): CheckState[] {
  return [...states.values()].filter(
    (state) => state.service === service && state.failures > 0 && !(state.failing && checks.includes(state.name)),
  );
}

function isNear({ since }: Incident, { from, until }: QuietWindow): boolean {
  return since >= from && since <= Math.min(until, Number.MAX_SAFE_INTEGER - suspicious) + suspicious;
}

function tellCheck({ name, last }: CheckState): AlertCheck {
  return { name, seen: last.seen, expected: last.expected, ...(last.next ? { next: last.next } : {}) };
}

import type { Severity } from "../checks/check.ts";
import { type CheckState, isPending } from "./check-state.ts";

/** One cause that people were told of, with everything that failed because of it. Times are ms since the epoch. */
export interface Incident {
  readonly id: string;
  /** The service that is the cause, or `host`. */
  readonly service: string;
  readonly severity: Severity;
  readonly since: number;
  /** Names of the cause's own checks that failed. */
  readonly checks: readonly string[];
  /** Names of the checks of other services that failed with it. */
  readonly affected: readonly string[];
  /** When people heard of it last. */
  readonly saidAt: number;
  /** Its own checks are well again, and what it affected may still be coming up. */
  readonly wellSince: number | undefined;
}

export interface World {
  readonly states: ReadonlyMap<string, CheckState>;
  /** Everything that a service needs to work, directly or not, nearest last; the host comes first. */
  needs(service: string): readonly string[];
  /** The environment is being changed by us, or was stopped on purpose: nothing new is said. */
  readonly quiet: boolean;
  /** A person does not want to hear of this check. */
  silenced(check: CheckState): boolean;
  readonly now: number;
  /** ms; 0: never. */
  readonly remindAfter: number;
  /** How long what a cause took down may need to come up after it, ms. */
  readonly settle: number;
  newId(service: string): string;
}

export interface Saying {
  readonly kind: "problem" | "reminder" | "recovery";
  readonly incident: Incident;
}

export interface Decision {
  /** Those that are open now. */
  readonly incidents: readonly Incident[];
  readonly sayings: readonly Saying[];
}

/**
 * One alert a cause: what failed, laid together by what needs what. Pure.
 * A failing check belongs to the topmost service above it that is down too. While one above it may be about to fail, it
 * waits for that to be decided. An incident ends when its cause and all that it affected are well.
 */
export function decide(world: World, open: readonly Incident[]): Decision {
  const followed = open.map((incident) => follow(world, incident));
  const ended = followed.filter((incident) => hasEnded(world, incident, followed));
  const kept = followed.filter((incident) => !ended.includes(incident));
  const byService = new Map(kept.map((incident) => [incident.service, incident]));
  for (const [cause, checks] of groupByCause(world, kept)) {
    byService.set(cause, widen(byService.get(cause) ?? begin(world, cause, checks), cause, checks));
  }
  const sayings: Saying[] = ended.map((incident) => ({ kind: "recovery", incident }));
  const incidents = [...byService.values()].map((incident) => {
    const kind = whatToSay(
      world,
      incident,
      open.find(({ id }) => id === incident.id),
    );
    if (!kind) return incident;
    const said = { ...incident, saidAt: world.now };
    sayings.push({ kind, incident: said });
    return said;
  });
  return { incidents, sayings };
}

/** How an incident stands now, from what its checks say. */
function follow(world: World, incident: Incident): Incident {
  const failing = incident.checks.flatMap((name) => {
    const state = world.states.get(name);
    return state?.failing ? [state] : [];
  });
  const worse = !world.quiet && failing.some(({ severity }) => severity === "critical");
  return {
    ...incident,
    severity: worse ? "critical" : incident.severity,
    wellSince: failing.length ? undefined : (incident.wellSince ?? world.now),
  };
}

/** Its cause is well, and so is what it affected or may yet have affected; or all that has had its time. */
function hasEnded(world: World, { service, wellSince, affected }: Incident, open: readonly Incident[]): boolean {
  if (wellSince === undefined) return false;
  if (world.now - wellSince >= world.settle) return true;
  if (affected.some((name) => world.states.get(name)?.failing)) return false;
  const taken = new Set(open.flatMap((incident) => [...incident.checks, ...incident.affected]));
  return ![...world.states.values()].some(
    (state) => state.failures > 0 && !taken.has(state.name) && world.needs(state.service).includes(service),
  );
}

function whatToSay(world: World, incident: Incident, before: Incident | undefined): Saying["kind"] | undefined {
  if (!before || before.severity !== incident.severity) return "problem";
  return isDue(world, incident) ? "reminder" : undefined;
}

/** Failing checks that no open incident has, by the service that is their cause. */
function groupByCause(world: World, open: readonly Incident[]): Map<string, CheckState[]> {
  const groups = new Map<string, CheckState[]>();
  if (world.quiet) return groups;
  const states = [...world.states.values()].filter((state) => !world.silenced(state));
  const critical = states.filter(({ severity }) => severity === "critical");
  const down = new Set(critical.filter(({ failing }) => failing).map(({ service }) => service));
  const undecided = new Set(critical.filter(isPending).map(({ service }) => service));
  const settling = new Set(open.filter(({ severity }) => severity === "critical").map(({ service }) => service));
  const incidentOf = new Map(
    open.flatMap(({ service, checks, affected }) => [...checks, ...affected].map((name) => [name, service] as const)),
  );
  for (const state of states) {
    if (!state.failing || incidentOf.has(state.name)) continue;
    const above = world.needs(state.service);
    if (above.some((service) => undecided.has(service))) continue;
    // What fails while a cause is still being settled fell with it, though the cause itself may be well again.
    const topmost = above.find((service) => down.has(service) || settling.has(service)) ?? state.service;
    const told = states.find(({ name, service, failing }) => service === topmost && failing && incidentOf.has(name));
    const cause = (told && incidentOf.get(told.name)) ?? topmost;
    groups.set(cause, [...(groups.get(cause) ?? []), state]);
  }
  return groups;
}

function begin(world: World, service: string, states: readonly CheckState[]): Incident {
  const since = Math.min(...states.map(({ failedSince, at }) => failedSince ?? at));
  const id = world.newId(service);
  return { id, service, severity: "warning", since, checks: [], affected: [], saidAt: world.now, wellSince: undefined };
}

function widen(incident: Incident, cause: string, states: readonly CheckState[]): Incident {
  const own = states.filter(({ service }) => service === cause);
  const others = states.filter(({ service }) => service !== cause);
  return {
    ...incident,
    severity: own.some(({ severity }) => severity === "critical") ? "critical" : incident.severity,
    checks: [...incident.checks, ...own.map(({ name }) => name)],
    affected: [...incident.affected, ...others.map(({ name }) => name)],
  };
}

function isDue({ quiet, remindAfter, now, silenced, states }: World, incident: Incident): boolean {
  if (quiet || remindAfter === 0 || incident.wellSince !== undefined || now - incident.saidAt < remindAfter)
    return false;
  const own = incident.checks.flatMap((name) => states.get(name) ?? []);
  return own.some((state) => state.failing && !silenced(state));
}

import { existsSync } from "node:fs";
import { type Installation, readFact } from "@understudy/core";
import { chooseTarget, readLastRun, status, type Target } from "@understudy/deploy";
import { readDataFacts } from "@understudy/environment";
import { type HistoryStore, historyFile, joinHistory } from "@understudy/health";
import type { EnvironmentView, Overview } from "../contract/overview.ts";
import { lastSeen } from "./last-seen.ts";
import { lastNotices } from "./notices.ts";
import { reasonsNow } from "./reasons.ts";
import { orTrouble } from "./trouble.ts";

const day = 86_400_000;
/** Notices of each environment: what a page shows at one look. */
const noticesShown = 8;

/** Every environment at one look. What cannot be asked says why, and hides nothing else. */
export async function overview(environments: readonly string[]): Promise<Overview> {
  const views = await Promise.all(environments.map((environment) => environmentView(chooseTarget({ environment }))));
  const released = views.filter(({ kind }) => kind === "staging").map(({ release }) => release?.id);
  return {
    environments: views.map((view) => (view.kind === "staging" ? view : { ...view, drift: driftOf(view, released) })),
  };
}

/** Whether a staging runs what production does. Pure. */
export function driftOf(
  production: Pick<EnvironmentView, "release">,
  staging: readonly (string | undefined)[],
): EnvironmentView["drift"] {
  const known = staging.filter((release) => release !== undefined);
  if (!production.release || known.length === 0) return "unknown";
  return known.includes(production.release.id) ? "none" : "staging is ahead";
}

async function environmentView(target: Target): Promise<EnvironmentView> {
  const { installation, environment } = target;
  const { name, kind, host } = environment;
  const fact = <Value>(of: string) => readFact<Value>(installation, name, of);
  const stack = await orTrouble(async () => {
    const { deployed, egress, lockedBy, services } = await status({ environment: name });
    return { deployed, egress, lockedBy, services: [...services] };
  });
  const { copy } = readDataFacts(target);
  const backup = fact<BackupFact>("backup");
  const drill = fact<{ at: string; result: string }>("drill");
  return {
    ...{ name, kind, host, stack },
    release: fact<{ id: string; at: string }>("release") ?? null,
    drift: null,
    underWay: underWayIn(installation, name, "trouble" in stack ? undefined : stack.lockedBy),
    copy: copy && { id: copy.id, at: copy.at, from: copy.from, unmasked: copy.unmasked },
    backup: backup ? backupOf(backup) : null,
    drill: drill ? { at: drill.at, result: drill.result } : null,
    health: await orTrouble(() => healthNow(target)),
  };
}

interface BackupFact {
  readonly id?: string;
  readonly at: string;
  readonly result: string;
  readonly verified?: boolean;
  readonly proven?: { readonly id: string; readonly at: string };
}

/** Pure. */
export function backupOf({ id, at, result, verified = false, proven }: BackupFact): EnvironmentView["backup"] {
  return { at, result, verified, proven: proven ?? (verified && id ? { id, at } : null) };
}

/**
 * The run that has no end in the journal, whoever began it.
 * @param lockedBy who holds the lock; null: nobody does, so that it was killed; undefined: the host could not be asked
 */
export function underWayIn(
  installation: Installation,
  environment: string,
  lockedBy: string | null | undefined,
): EnvironmentView["underWay"] {
  const last = readLastRun(installation, environment);
  if (last?.result !== "open") return null;
  const { verb, step, began: since, ended: stepSince, who = null } = last;
  return { verb, step, since, stepSince, who, cutOff: lockedBy === null };
}

function healthNow(target: Target): EnvironmentView["health"] {
  if (!existsSync(historyFile(target.installation, target.environment.name))) return null;
  using store = joinHistory(target);
  return summary(store, Date.now());
}

function summary(store: HistoryStore, now: number): EnvironmentView["health"] {
  const { looks, lookedAt, watches } = lastSeen(store, now);
  const failing = looks.filter(({ status }) => status !== "healthy");
  const reasonOf = reasonsNow(store);
  const { overall } = store.uptime({ from: now - day, to: now });
  const open = store.incidents({ from: now - 1, to: now, limit: 500 }).items.filter(({ closedAt }) => !closedAt);
  return {
    status: watches ? statusOf(looks) : "unknown",
    failing: failing.map((look) => ({ service: look.service, status: look.status, ...reasonOf(look) })),
    uptime24h: overall.uptime ?? null,
    openIncidents: open.length,
    silences: store.silences(now).length,
    lookedAt: lookedAt === undefined ? null : new Date(lookedAt).toISOString(),
    notices: lastNotices(store, noticesShown),
  };
}

/** The worst of all. Pure. */
export function statusOf(
  looks: readonly { readonly status: string }[],
): "healthy" | "degraded" | "unhealthy" | "unknown" {
  if (looks.length === 0) return "unknown";
  if (looks.some(({ status }) => status === "unhealthy")) return "unhealthy";
  return looks.some(({ status }) => status === "degraded") ? "degraded" : "healthy";
}

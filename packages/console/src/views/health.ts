import { existsSync } from "node:fs";
import { chooseTarget } from "@understudy/environment";
import { historyFile, joinHistory } from "@understudy/health";
import type { HealthHistory } from "../contract/health.ts";
import type { Reason } from "../contract/reason.ts";
import { lastSeen } from "./last-seen.ts";
import { reasonsNow } from "./reasons.ts";

/** Points of each check's line: about what a screen can show. */
const points = 96;

/** How an environment's checks did in the last `length` ms, from the monitor's history. @throws UserError */
export function healthHistory(environment: string, length: number, now = Date.now()): HealthHistory {
  const target = chooseTarget({ environment });
  const range = { from: now - length, to: now };
  if (!existsSync(historyFile(target.installation, environment))) return unwatched(environment, range);
  using store = joinHistory(target);
  const { looks, watches } = lastSeen(store, now);
  const latest = new Map(watches ? looks.map((last) => [last.check, last]) : []);
  const reasonOf = reasonsNow(store);
  const { checks, overall } = store.uptime(range);
  const { items, resolution } = store.history({ ...range, points, limit: 500 });
  const lines = new Map(items.map((item) => [item.check, item.points]));
  return {
    ...{ environment, watched: true, ...range, resolution },
    overall: { ...overall, uptime: overall.uptime ?? null },
    checks: checks.map(({ check, service, known, down, uptime, ms }) => {
      const last = latest.get(check);
      return {
        ...{ check, service, known, down, uptime: uptime ?? null, p50: ms.p50 },
        status: last?.status ?? "unknown",
        reason: last && last.status !== "healthy" ? reasonOf(last) : null,
        points: (lines.get(check) ?? []).map(({ at, healthy, degraded, unhealthy, avg, max }) => ({
          ...{ at, healthy, degraded, unhealthy, avg, max },
        })),
      };
    }),
    incidents: store.incidents({ ...range, limit: 500 }).items.map((incident) => ({
      ...incident,
      checks: store.reasons(incident).map(incident.closedAt ? whenOver : reasonOf),
      closedAt: incident.closedAt ?? null,
    })),
    gaps: store.gaps(range).map(({ from, to, why }) => ({ from, to, why })),
    silences: store.silences(now),
  };
}

/** Of what is well again nobody has to try anything. */
function whenOver(known: { readonly check: string; readonly seen: string }): Reason {
  return { ...known, expected: null, next: null };
}

function unwatched(environment: string, range: { from: number; to: number }): HealthHistory {
  return {
    ...{ environment, watched: false, ...range, resolution: 0 },
    overall: { known: 0, down: 0, uptime: null },
    ...{ checks: [], incidents: [], gaps: [], silences: [] },
  };
}

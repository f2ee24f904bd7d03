import { UserError } from "@understudy/core";
import type { Change } from "./changes.ts";
import type { Gap } from "./gaps.ts";
import type { PastIncident } from "./incidents.ts";
import type { LastResult } from "./last-looks.ts";
import type { Page, Range } from "./page.ts";
import type { Store } from "./store.ts";
import type { CheckUptime, Known } from "./uptime.ts";

export interface OverviewRequest extends Range {
  readonly check?: string | undefined;
  readonly service?: string | undefined;
}

/** How an environment did in a time. */
export interface Overview extends Range {
  readonly checks: readonly (CheckUptime & Pick<LastResult, "status">)[];
  readonly overall: Known;
  /** Newest first. */
  readonly incidents: readonly PastIncident[];
  /** Of one check, when only it was asked for; newest first, the last hundred. */
  readonly changes: readonly Change[];
  readonly gaps: readonly Gap[];
}

/** @throws UserError for a check or service that the history does not know, naming those that it does */
export function overview(store: Store, { from, to, check, service }: OverviewRequest): Overview {
  const latest = new Map(store.latest().map((last) => [last.check, last]));
  assertKnown("check", check, [...latest.keys()]);
  assertKnown("service", service, [...new Set(latest.values().map((last) => last.service))]);
  const { checks, overall, ...range } = store.uptime({ from, to, check, service });
  const ofService = service ?? (check === undefined ? undefined : latest.get(check)?.service);
  const incidents = everyItem((cursor) => store.incidents({ from, to, cursor, limit: 500 }));
  return {
    ...range,
    checks: checks.map((one) => ({ ...one, status: latest.get(one.check)?.status ?? "unhealthy" })),
    overall,
    incidents: incidents.filter((incident) => ofService === undefined || incident.service === ofService),
    changes: check === undefined ? [] : store.changes({ from, to, check }).items,
    gaps: store.gaps({ from, to }),
  };
}

/** @throws UserError naming those there are */
export function assertKnown(what: string, wanted: string | undefined, known: readonly string[]): void {
  if (wanted === undefined || known.includes(wanted)) return;
  throw new UserError(`No ${what} is called "${wanted}"`, {
    next: known.length ? `There are: ${known.join(", ")}` : "The monitor has seen none yet: pnpm health:monitor",
  });
}

function everyItem<Item>(page: (cursor: string | undefined) => Page<Item>): Item[] {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const found = page(cursor);
    items.push(...found.items);
    cursor = found.next;
  } while (cursor !== undefined);
  return items;
}

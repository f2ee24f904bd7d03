import type { PastIncident } from "./incidents.ts";
import type { Sql } from "./sql.ts";

/** What a check saw when it was not healthy. */
export interface Reason {
  readonly check: string;
  /** Empty where the history no longer knows. */
  readonly seen: string;
}

/** What each check of an incident saw last while it lasted. */
export function reasonsOf(sql: Sql, { checks, closedAt = Number.MAX_SAFE_INTEGER }: PastIncident): Reason[] {
  return checks.map((check) => {
    const found = sql.get`select seen from change join series on series.id = change.series
      where kind = 'check' and name = ${check} and change.status > 0 and change.at <= ${closedAt}
      order by change.id desc limit 1`;
    return { check, seen: String(found?.seen ?? "") };
  });
}

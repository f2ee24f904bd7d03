import type { CheckStatus } from "../checks/check.ts";
import { type Kind, statuses } from "./looks.ts";
import type { Sql } from "./sql.ts";

/** The last look of a series. */
export interface LastLook {
  readonly id: number;
  readonly kind: Kind;
  readonly name: string;
  readonly service: string;
  /** Seconds. */
  readonly at: number;
  readonly status: CheckStatus;
  readonly value: number;
  /** As it was when it last told something new. */
  readonly seen: string;
}

/** Of every series. */
export function lastLooks(sql: Sql): LastLook[] {
  const rows = sql.all`
    select id, kind, name, service,
      coalesce(last.at, series.at) as at, coalesce(last.status, series.status) as status,
      coalesce(last.value, series.value) as value,
      coalesce((select seen from change where change.series = series.id order by change.id desc limit 1), '') as seen
    from series left join (select series, at, status, value, max(seq) from look group by series) last on last.series = id
    order by name`;
  return rows.map((row) => ({ ...row, status: statuses[Number(row.status)] })) as unknown as LastLook[];
}

/** The last result of a check. `at` is ms since the epoch, to the second. */
export interface LastResult {
  readonly check: string;
  readonly service: string;
  readonly at: number;
  readonly status: CheckStatus;
  readonly ms: number;
  readonly seen: string;
}

/** Of every check. */
export function lastResults(sql: Sql): LastResult[] {
  return lastLooks(sql)
    .filter(({ kind }) => kind === "check")
    .map(({ name, service, at, status, value, seen }) => ({
      check: name,
      service,
      at: at * 1_000,
      status,
      ms: value,
      seen,
    }));
}

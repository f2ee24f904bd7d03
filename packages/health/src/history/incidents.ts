import type { Severity } from "../checks/check.ts";
import { newestFirst, type Page, type PageQuery } from "./page.ts";
import type { Sql } from "./sql.ts";

/** One cause with everything that failed because of it. Times are ms since the epoch. */
export interface PastIncident {
  readonly id: string;
  readonly service: string;
  readonly checks: readonly string[];
  readonly severity: Severity;
  readonly openedAt: number;
  /** Absent while it lasts. */
  readonly closedAt?: number | undefined;
}

/** Add it, or put it in the place of the one with its id. */
export function putIncident(sql: Sql, incident: PastIncident): void {
  const { id, service, checks, severity, openedAt, closedAt } = incident;
  sql.run`insert into incident (key, service, checks, severity, opened, closed)
    values (${id}, ${service}, ${JSON.stringify(checks)}, ${severity}, ${openedAt}, ${closedAt ?? null})
    on conflict do update set service = excluded.service, checks = excluded.checks, severity = excluded.severity,
      opened = excluded.opened, closed = excluded.closed`;
}

/** Those that were open at some moment of a time, the one that began last first. */
export function incidentsIn(sql: Sql, query: PageQuery): Page<PastIncident> {
  return newestFirst(query, (before, limit) =>
    sql.all`select * from incident where opened < ${query.to} and (closed is null or closed >= ${query.from})
      and (opened, id) < (${before.at}, ${before.id}) order by opened desc, id desc limit ${limit}`.map((row) => ({
      at: Number(row.opened),
      id: Number(row.id),
      item: {
        id: String(row.key),
        service: String(row.service),
        checks: JSON.parse(String(row.checks)) as string[],
        severity: row.severity as Severity,
        openedAt: Number(row.opened),
        ...(row.closed === null ? {} : { closedAt: Number(row.closed) }),
      },
    })),
  );
}

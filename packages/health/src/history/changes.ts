import type { CheckStatus } from "../checks/check.ts";
import { statuses } from "./looks.ts";
import { newestFirst, type Page, type PageQuery } from "./page.ts";
import type { Sql } from "./sql.ts";

/** A look of a check that told something new: another status, or other words. */
export interface Change {
  readonly check: string;
  readonly service: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly status: CheckStatus;
  readonly seen: string;
}

/** Of one check, or of all. */
export function changesIn(sql: Sql, query: PageQuery & { readonly check?: string | undefined }): Page<Change> {
  const check = query.check ?? null;
  return newestFirst(query, (before, limit) =>
    sql.all`select change.*, name, service from change join series on series.id = change.series
      where (${check} is null or name = ${check}) and change.at >= ${query.from} and change.at < ${query.to}
      and (change.at, change.id) < (${before.at}, ${before.id})
      order by change.at desc, change.id desc limit ${limit}`.map((row) => ({
      at: Number(row.at),
      id: Number(row.id),
      item: {
        check: String(row.name),
        service: String(row.service),
        at: Number(row.at),
        status: statuses[Number(row.status)] ?? "unhealthy",
        seen: String(row.seen),
      },
    })),
  );
}

import { newestFirst, type Page, type PageQuery } from "./page.ts";
import type { Sql } from "./sql.ts";

/** Something that happened and does not last, e.g. a new kind of error in a log. */
export interface PastEvent {
  /** ms since the epoch. */
  readonly at: number;
  readonly kind: string;
  readonly service?: string | undefined;
  readonly text: string;
}

export function addEvent(sql: Sql, { at, kind, service, text }: PastEvent): void {
  sql.run`insert into event (at, kind, service, text) values (${at}, ${kind}, ${service ?? null}, ${text})`;
}

export function eventsIn(sql: Sql, query: PageQuery): Page<PastEvent> {
  return newestFirst(query, (before, limit) =>
    sql.all`select * from event where at >= ${query.from} and at < ${query.to}
      and (at, id) < (${before.at}, ${before.id}) order by at desc, id desc limit ${limit}`.map((row) => ({
      at: Number(row.at),
      id: Number(row.id),
      item: {
        at: Number(row.at),
        kind: String(row.kind),
        ...(row.service === null ? {} : { service: String(row.service) }),
        text: String(row.text),
      },
    })),
  );
}

import { addEvent } from "./events.ts";
import { newestFirst, type Page, type PageQuery } from "./page.ts";
import type { Sql } from "./sql.ts";

/** Errors of one kind that a service printed since the last batch. */
export interface CountedError {
  readonly service: string;
  readonly pattern: string;
  readonly sample: string;
  readonly count: number;
}

/** A kind of error with its count in a time. Times are ms since the epoch. */
export interface PastError extends CountedError {
  readonly firstAt: number;
  readonly lastAt: number;
}

const hour = 3_600_000;

/** Count it. A kind that the history does not know yet is an event. */
export function countError(sql: Sql, { service, pattern, sample, count }: CountedError, at: number): void {
  const known = sql.get`select id from error where service = ${service} and pattern = ${pattern}`;
  if (!known) addEvent(sql, { at, kind: "new error", service, text: sample });
  const { id } = sql.get`insert into error (service, pattern, sample, first, last)
    values (${service}, ${pattern}, ${sample}, ${at}, ${at})
    on conflict do update set sample = excluded.sample, last = excluded.last returning id` as { id: number };
  sql.run`insert into error_count (error, hour, count) values (${id}, ${Math.floor(at / hour)}, ${count})
    on conflict do update set count = count + excluded.count`;
}

/** Kinds of errors that were printed in a time, counted by whole hours; the one that was printed last first. */
export function errorsIn(sql: Sql, query: PageQuery): Page<PastError> {
  const from = Math.floor(query.from / hour);
  return newestFirst(query, (before, limit) =>
    sql.all`select error.*, sum(count) as count from error join error_count on error = id
      where hour >= ${from} and hour * ${hour} < ${query.to} and (last, id) < (${before.at}, ${before.id})
      group by id order by last desc, id desc limit ${limit}`.map((row) => ({
      at: Number(row.last),
      id: Number(row.id),
      item: {
        service: String(row.service),
        pattern: String(row.pattern),
        sample: String(row.sample),
        count: Number(row.count),
        firstAt: Number(row.first),
        lastAt: Number(row.last),
      },
    })),
  );
}

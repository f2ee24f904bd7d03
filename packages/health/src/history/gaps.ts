import type { Range } from "./page.ts";
import type { Sql } from "./sql.ts";

/** A time in which the monitor saw nothing: it is unknown, and no downtime. */
export interface Gap extends Range {
  readonly why: string;
}

/** Gaps that touch become one. A clock that was set back leaves one without length. */
export function addGap(sql: Sql, { from, to, why }: Gap): void {
  const since = Math.min(from, to);
  const touched = sql.get`select min(since) as since, max(until) as until from gap
    where since <= ${to} and until >= ${since}` as { since: number | null; until: number | null };
  sql.run`delete from gap where since <= ${to} and until >= ${since}`;
  sql.run`insert into gap (since, until, why)
    values (${Math.min(since, touched.since ?? since)}, ${Math.max(to, touched.until ?? to)}, ${why})`;
}

/** Those that reach into a time, oldest first. */
export function gapsIn(sql: Sql, { from, to }: Range): Gap[] {
  return sql.all`select since as "from", until as "to", why from gap
    where since < ${to} and until >= ${from} order by since` as unknown as Gap[];
}

/** The end of the gap that was added last, whole seconds; 0 if there was none. */
export function watchedSince(sql: Sql): number {
  return Math.ceil(Number(sql.get`select until from gap order by id desc limit 1`?.until ?? 0) / 1_000);
}

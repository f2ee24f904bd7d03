import type { DatabaseSync } from "node:sqlite";
import { UserError } from "@understudy/core/light";

const version = 1;

/**
 * A series is a check, or one measure of a service. Its looks are appended to `look` and packed every half hour into
 * segments: the buckets of a stretch of time in one row, which is what keeps a year of 500 checks small. `packed` is the last
 * look that is in the segments. Times are ms since the epoch; in `look`, `segment` and `error_count` whole seconds.
 */
const tables = `
  create table series (
    id integer primary key,
    kind text not null check (kind in ('check', 'cpu', 'memory', 'memory limit')),
    name text not null,
    service text not null,
    packed integer not null default 0,
    at integer,
    status integer,
    value integer,
    unique (kind, name)
  ) strict;
  create table look (
    seq integer primary key autoincrement,
    series integer not null,
    at integer not null,
    status integer not null check (status in (0, 1, 2)),
    value integer not null,
    known integer not null
  ) strict;
  create table segment (
    tier integer not null,
    start integer not null,
    series integer not null references series on delete cascade,
    buckets blob not null,
    primary key (tier, start, series)
  ) strict, without rowid;
  create table change (
    id integer primary key,
    series integer not null references series on delete cascade,
    at integer not null,
    status integer not null,
    seen text not null
  ) strict;
  create index change_of_series on change (series);
  create index change_at on change (at);
  create table gap (
    id integer primary key,
    since integer not null,
    until integer not null,
    why text not null
  ) strict;
  create table incident (
    id integer primary key,
    key text not null unique,
    service text not null,
    checks text not null,
    severity text not null,
    opened integer not null,
    closed integer
  ) strict;
  create index incident_opened on incident (opened);
  create table event (
    id integer primary key,
    at integer not null,
    kind text not null,
    service text,
    text text not null
  ) strict;
  create index event_at on event (at);
  create table error (
    id integer primary key,
    service text not null,
    pattern text not null,
    sample text not null,
    first integer not null,
    last integer not null,
    unique (service, pattern)
  ) strict;
  create table error_count (
    error integer not null references error on delete cascade,
    hour integer not null,
    count integer not null,
    primary key (error, hour)
  ) strict, without rowid;
  create table beat (
    name text primary key,
    kind text not null check (kind in ('start', 'success', 'fail')),
    at integer not null,
    success integer
  ) strict, without rowid;
  create table silence (
    name text primary key,
    until integer not null,
    why text not null,
    who text not null,
    at integer not null
  ) strict, without rowid;
  create table state (id integer primary key check (id = 1), json text not null) strict;
  pragma user_version = ${version};`;

/** The version of the tables, 0 where there are none. @throws UserError if it is newer than this program */
export function schemaVersion(db: DatabaseSync): number {
  const found = Number(db.prepare("pragma user_version").get()?.user_version);
  if (found > version) {
    throw new UserError(
      `The history in ${db.location()} has version ${found}, and this program knows version ${version}`,
      {
        next: "Run the version of Understudy that wrote it",
      },
    );
  }
  return found;
}

/** Make the tables where there are none. Inside a transaction. */
export function createSchema(db: DatabaseSync): void {
  if (schemaVersion(db) === 0) db.exec(tables);
}

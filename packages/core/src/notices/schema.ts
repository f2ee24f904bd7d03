import type { DatabaseSync } from "node:sqlite";
import { UserError } from "../errors.ts";

const version = 1;

const tables = `
  create table outbox (
    id integer primary key autoincrement,
    channel text not null,
    key text not null,
    payload text not null,
    at integer not null,
    state text not null default 'waiting' check (state in ('waiting', 'delivered', 'expired', 'undeliverable')),
    attempts integer not null default 0,
    next integer not null default 0,
    aside integer not null default 0,
    error text,
    ended integer,
    unique (channel, key)
  ) strict;
  create index outbox_waiting on outbox (channel, id) where state = 'waiting';`;

/** Make the outbox's tables where they are missing. @throws UserError if they are of another version. */
export function prepareSchema(db: DatabaseSync): void {
  db.exec("create table if not exists outbox_schema (version integer not null) strict");
  const found = db.prepare("select version from outbox_schema").get()?.version;
  if (found === version) return;
  if (found !== undefined) {
    throw new UserError(
      `The outbox in ${db.location()} has version ${found}, and this program knows version ${version}`,
      {
        next: "Run the version of Understudy that wrote it",
      },
    );
  }
  db.exec(`savepoint outbox_schema; ${tables} insert into outbox_schema values (${version}); release outbox_schema`);
}

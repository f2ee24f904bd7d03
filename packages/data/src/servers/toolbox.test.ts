import { expect, it } from "vitest";
import { failureOf } from "./toolbox.ts";

it("names the tool of a script that failed, and its first error", () => {
  const said = `pg_restore: warning: something small
pg_restore: error: could not execute query: ERROR:  could not create unique index "mails"
DETAIL:  Key (mail)=(anna@gmx.de) is duplicated.
Command was: CREATE UNIQUE INDEX mails ON people (mail);

pg_restore: error: a worker process died unexpectedly`;
  expect(failureOf("bash", said)).toBe(
    'pg_restore failed: could not execute query: ERROR:  could not create unique index "mails"',
  );
  expect(failureOf("bash", "pg_dump: error: connection to server failed\n")).toBe(
    "pg_dump failed: connection to server failed",
  );
});

it("tells the last lines of what has no such error", () => {
  expect(failureOf("base64", "one\ntwo\nthree\nfour\n")).toBe("base64 failed: two; three; four");
  expect(failureOf("bash", "")).toBe("bash failed: it said nothing");
});

import pg from "pg";
import { expect, test } from "vitest";
import { explain } from "./explain.ts";

const options = { host: "db", port: 5432, user: "u", password: "p", database: "app", timeout: 1_000 };

function said(code: string, message: string): Error {
  return Object.assign(new pg.DatabaseError(message, message.length, "error"), { code });
}

test("a raw value that a reading session came upon is not repeated", () => {
  const error = said("22007", 'invalid input syntax for type date: "Ada Lovelace, \n 1815"');
  expect(explain(error, { ...options, readOnly: true }).message).toBe("invalid input syntax for type date");
  expect(explain(error, options).message).toContain("Ada");
  const own = said("22P02", 'invalid input syntax for type integer: "understudy: unknown JSON path $.fax"');
  expect(explain(own, { ...options, readOnly: true }).message).toContain("$.fax");
});

test("a database that a statement names is not the one that was connected to", () => {
  expect(explain(said("3D000", 'database "app" does not exist'), options).message).toBe(
    'Postgres has no database "app"',
  );
  expect(explain(said("3D000", 'database "other" does not exist'), options).message).toContain("other");
});

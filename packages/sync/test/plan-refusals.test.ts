import { UserError } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execute, type Pair, startPair } from "../../data/test/support/pair.ts";
import { planDatabases } from "../src/plan/plan-databases.ts";
import { policyOfTables } from "./support/policy-of-tables.ts";

const people = (...columns: string[]) => `CREATE TABLE people (${columns.join(", ")})`;
const mails = "INSERT INTO people SELECT i || '@example.com' FROM generate_series(1, 20) i";
const numbers = "INSERT INTO people SELECT i FROM generate_series(1, 20) i";
const documents = [
  people("doc jsonb"),
  `INSERT INTO people SELECT jsonb_build_object('mail', i || '@x') FROM generate_series(1, 9) i`,
  "CREATE UNIQUE INDEX ON people ((doc ->> 'mail'))",
];

/** What stands in production, what the policy says of it, and what a plan says to that; nothing: it can be copied. */
const cases: [title: string, statements: string[], columns: object, refusal: RegExp | undefined][] = [
  [
    "a lowered unique index",
    [people("mail text"), mails, "CREATE UNIQUE INDEX ON people (lower(mail))"],
    { mail: "email" },
    undefined,
  ],
  [
    "a hashed unique index",
    [people("mail text"), mails, "CREATE UNIQUE INDEX ON people (md5(mail))"],
    { mail: "email" },
    undefined,
  ],
  [
    "a unique index over the beginning",
    [people("mail text"), mails, 'CREATE UNIQUE INDEX "first ones" ON people (left(mail, 5))'],
    { mail: "email" },
    /^public\.people: masked values would be equal that the unique index "first ones" keeps apart$/,
  ],
  [
    "one that a filter makes hold",
    [people("mail text"), mails, "CREATE UNIQUE INDEX ON people (left(mail, 5)) WHERE false"],
    { mail: "email" },
    undefined,
  ],
  [
    "NULLS NOT DISTINCT",
    [people("mail text"), mails, "ALTER TABLE people ADD UNIQUE NULLS NOT DISTINCT (mail)"],
    { mail: null },
    /would be equal that the unique index "people_mail_key"/,
  ],
  ["NULLS DISTINCT", [people("mail text"), mails, "ALTER TABLE people ADD UNIQUE (mail)"], { mail: null }, undefined],
  [
    "a part of a document",
    documents,
    { doc: { json: { "$.mail": "email" } } },
    /would be equal that the unique index "people_expr_idx"/,
  ],
  [
    "a distinct part of a document",
    documents,
    { doc: { json: { "$.mail": { mask: "email", distinct: true } } } },
    undefined,
  ],
  [
    "a unique generated column",
    [people("mail text", "host text GENERATED ALWAYS AS (left(mail, 5)) STORED UNIQUE"), mails],
    { mail: "email" },
    /would be equal that the unique index "people_host_key"/,
  ],
  [
    "a generated column that cannot be computed",
    [people("code text", "number int GENERATED ALWAYS AS (code::int) STORED"), numbers],
    { code: "hash" },
    /^public\.people: its masked values do not fit: invalid input syntax for type integer$/,
  ],
  [
    "a generated column that must not be NULL",
    [people("code text", "small text GENERATED ALWAYS AS (lower(code)) STORED NOT NULL"), numbers],
    { code: null },
    /^public\.people: its masked values would break the constraint "small NOT NULL"$/,
  ],
  [
    "an index that cannot be computed",
    [people("code text"), numbers, "CREATE INDEX ON people ((code::int))"],
    { code: "hash" },
    /^public\.people: its masked values do not fit: invalid input syntax for type integer$/,
  ],
  [
    "a condition of an index that cannot be computed",
    [people("code text"), numbers, "CREATE INDEX ON people (code) WHERE code::int > 3"],
    { code: "hash" },
    /its masked values do not fit/,
  ],
  [
    "statistics that cannot be computed",
    [people("code text"), numbers, "CREATE STATISTICS numbers ON (code::int) FROM people"],
    { code: "hash" },
    /its masked values do not fit/,
  ],
  [
    "an exclusion constraint",
    [
      "CREATE EXTENSION btree_gist",
      people("mail text"),
      mails,
      "ALTER TABLE people ADD EXCLUDE USING gist (left(mail, 5) WITH =)",
    ],
    { mail: "email" },
    /public\.people: exclusion constraint people_left_excl compares "?left"?\(mail, 5\) by =/,
  ],
  [
    "an exclusion constraint that masks keep",
    [
      "CREATE EXTENSION btree_gist",
      people("room text", "since date"),
      "INSERT INTO people SELECT 'r' || i % 3, date '2020-01-01' + i / 3 * 2 FROM generate_series(0, 20) i",
      "ALTER TABLE people ADD EXCLUDE USING gist (room WITH =, daterange(since, since + 1) WITH &&)",
    ],
    { room: "hash", since: "date" },
    undefined,
  ],
  [
    "a partition key",
    [
      `${people("region text")} PARTITION BY LIST (lower(region))`,
      "CREATE TABLE eu PARTITION OF people FOR VALUES IN ('eu')",
      "INSERT INTO people VALUES ('EU')",
    ],
    { region: "hash" },
    /app: public\.people\.region: is in the partition key of public\.people/,
  ],
  [
    "an identity",
    [people("id int GENERATED ALWAYS AS IDENTITY")],
    { id: "number" },
    /public\.people\.id: gets its numbers from a sequence/,
  ],
  ["a serial", [people("id serial")], { id: "number" }, /public\.people\.id: gets its numbers from a sequence/],
  [
    "an array of several dimensions in a late row",
    [
      people("tags text[]"),
      "INSERT INTO people SELECT CASE i WHEN 3000 THEN '{{a},{b}}' ELSE '{a}' END::text[] FROM generate_series(1, 3000) i",
    ],
    { tags: "hash" },
    /app: public\.people\.tags: arrays of several dimensions cannot be masked \(sanitize\.yml:1\)/,
  ],
  [
    "the same within a composite",
    [
      "CREATE TYPE place AS (street text, tags text[])",
      people("home place"),
      `INSERT INTO people VALUES (ROW('x', '{{a},{b}}'))`,
    ],
    { home: { mask: "composite", fields: { street: "address", tags: "hash" } } },
    /app: public\.people\.home\.tags: arrays of several dimensions cannot be masked/,
  ],
  [
    "an hstore with an unknown key in a late row",
    [
      "CREATE EXTENSION hstore",
      people("pairs hstore"),
      "INSERT INTO people SELECT hstore(CASE i WHEN 3000 THEN 'fax' ELSE 'mail' END, 'x') FROM generate_series(1, 3000) i",
    ],
    { pairs: { mask: "hstore", keys: { mail: "email" } } },
    /app: public\.people\.pairs: no rule for the key fax \(sanitize\.yml:1\)/,
  ],
  [
    "an hstore whose unknown key is a value",
    ["CREATE EXTENSION hstore", people("pairs hstore"), "INSERT INTO people VALUES ('mail=>x, anna@gmx.de=>y')"],
    { pairs: { mask: "hstore", keys: { mail: "email" } } },
    /app: public\.people\.pairs: no rule for the key \* \(sanitize\.yml:1\)/,
  ],
];

describe("what masks do to constraints is known before anything is copied", () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await startPair();
  });
  afterAll(async () => pair?.[Symbol.asyncDispose]());

  it.each(cases)("%s", async (_, statements, columns, refusal) => {
    await execute(pair.production, "postgres", "DROP DATABASE IF EXISTS app WITH (FORCE)", "CREATE DATABASE app");
    await execute(pair.production, "app", ...statements, "ANALYZE");
    await using opened = new AsyncDisposableStack();
    const policy = policyOfTables("app", { "public.people": { columns } });
    const request = {
      databases: ["app"],
      key: "00".repeat(32),
      parallel: 1,
      unmasked: false,
      sample: undefined,
      now: "2026-01-01",
    };
    const planning = planDatabases(pair.production, policy, request, opened);
    if (!refusal) expect(await planning).toHaveLength(1);
    else {
      const error: unknown = await planning.catch((thrown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ message: expect.stringMatching(refusal), next: expect.any(String) });
    }
  });
});

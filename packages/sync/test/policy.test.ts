import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCatalog } from "@understudy/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execute, type Pair, startPair } from "../../data/test/support/pair.ts";
import { openSource } from "../src/copy/source.ts";
import { probeMasks } from "../src/plan/probe-masks.ts";
import { resolveDatabase } from "../src/plan/resolve/resolve-database.ts";
import { type LackOfDatabase, lacksOf } from "../src/policy/lacks-of.ts";
import { readPolicy } from "../src/policy/read-policy.ts";
import { additionsOf, addRules, asWritten } from "../src/policy/write-policy.ts";

const key = "a".repeat(64);

/** A thousand people of several languages, and a table of everything that gives people away. */
const statements = [
  `CREATE SCHEMA crm`,
  `CREATE TYPE crm.mood AS ENUM ('glad', 'sad')`,
  `CREATE TABLE crm.people (
     id bigint PRIMARY KEY, mail text UNIQUE, vorname text NOT NULL, contact text, anschrift varchar(80), geboren date, konto text,
     karte varchar(23), ssn text, zugang text, adr inet, status text NOT NULL, mood crm.mood, bemerkung text, xyzzy text, misc text,
     legacy text, manager bigint REFERENCES crm.people, code char(6) NOT NULL, active boolean, created_at timestamptz, suche tsvector,
     tags text[], raw bytea, profile jsonb NOT NULL)`,
  `COMMENT ON COLUMN crm.people.legacy IS 'Personal data of the old system'`,
  `CREATE TRIGGER words BEFORE INSERT ON crm.people FOR EACH ROW
     EXECUTE FUNCTION tsvector_update_trigger(suche, 'pg_catalog.simple', bemerkung, vorname)`,
  `INSERT INTO crm.people
     SELECT i, 'person' || i || '@mail.test', (ARRAY['Anna', 'Boris', 'Chloé'])[1 + i % 3], 'Anna Nummer' || chr(97 + i % 26),
       'Hauptstraße ' || i || ', Köln', date '1950-01-01' + i * 10, 'DE89370400440532013000', '4111 1111 1111 1111',
       lpad((i % 899 + 100)::text, 3, '0') || '-12-' || lpad(i::text, 4, '0'), 'sk-live-' || md5(i::text), '10.0.0.1'::inet + i,
       CASE i % 2 WHEN 0 THEN 'open' ELSE 'done' END, 'glad', 'Ruft an unter +49 30 1234' || i, translate(md5(i::text), '0123456789', 'ghijklmnop'), 'x' || i % 4,
       'something', CASE i WHEN 1 THEN NULL ELSE 1 END, 'AB' || lpad(i::text, 4, '0'), true, now(), NULL, ARRAY['tag' || i % 3], '\\x00',
       jsonb_build_object('contact', jsonb_build_object('mail', 'p' || i || '@mail.test', 'kind', 'home'), 'visits', i,
         'phones', jsonb_build_array('+49 30 555' || lpad(i::text, 4, '0')), 'a.b c', NULL)
     FROM generate_series(1, 1000) i`,
  `CREATE TABLE crm.letters (mail text REFERENCES crm.people (mail), born date, person bigint REFERENCES crm.people, text text)`,
  `INSERT INTO crm.letters SELECT mail, geboren, id, 'Dear ' || vorname || ', we have news for you today' FROM crm.people`,
  `CREATE TABLE crm.sessions (id text PRIMARY KEY, person bigint REFERENCES crm.people)`,
  `CREATE TABLE crm.events (at date NOT NULL, mail text) PARTITION BY RANGE (at)`,
  `CREATE TABLE crm.events_rest PARTITION OF crm.events DEFAULT`,
  `CREATE TABLE crm.visits (at date NOT NULL, payload jsonb) PARTITION BY RANGE (at)`,
  `CREATE TABLE crm.visits_rest PARTITION OF crm.visits DEFAULT`,
  `INSERT INTO crm.visits SELECT now(), '{"path": "/cart"}' FROM generate_series(1, 200)`,
  `CREATE TABLE crm.nothing ()`,
  `CREATE MATERIALIZED VIEW crm.totals AS SELECT count(*) AS people FROM crm.people`,
  `SELECT lo_from_bytea(0, '\\x00')`,
  `ANALYZE`,
];

describe("proposals of a policy", () => {
  let pair: Pair;
  let root: string;
  let lack: LackOfDatabase;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "policy-"));
    pair = await startPair();
    await execute(pair.production, "postgres", "CREATE DATABASE app");
    await execute(pair.production, "app", ...statements);
    lack = await look();
  });
  afterAll(async () => {
    rmSync(root, { recursive: true });
    await pair[Symbol.asyncDispose]();
  });

  const look = () => lacksOf(pair.production, "app", readPolicy({ root }), key);

  const proposed = (table: string) =>
    Object.fromEntries(
      lack.proposals
        .filter((one) => one.table === table)
        .map(({ column, path, rule }) => [path ?? column ?? "", rule && asWritten(rule)]),
    );

  it("say what to do with each column, by name and values", () => {
    expect(proposed("crm.people")).toEqual({
      id: "keep",
      mail: "email",
      vorname: "first-name",
      contact: "full-name",
      anschrift: "address",
      geboren: { mask: "date", person: "id" },
      konto: "iban",
      karte: "card",
      ssn: "hash",
      zugang: null,
      adr: "ip",
      status: "keep",
      mood: "keep",
      bemerkung: { mask: "text", names: ["crm.people.vorname", "crm.people.contact"] },
      xyzzy: "hash",
      misc: "keep",
      legacy: null,
      manager: "keep",
      code: "keep",
      active: "keep",
      created_at: "keep",
      tags: "keep",
      raw: null,
      "$.contact.mail": "email",
      "$.contact.kind": "keep",
      "$.visits": "keep",
      "$.phones[*]": "phone",
      '$."a.b c"': "keep",
    });
  });

  it("follow foreign keys, and find the person that a row is of", () => {
    expect(proposed("crm.letters")).toMatchObject({
      mail: "email",
      person: "keep",
      born: { mask: "date", person: "person" },
      text: { mask: "text" },
    });
  });

  it("say why", () => {
    const why = (column: string) =>
      lack.proposals.find((one) => one.table === "crm.people" && one.column === column)?.because;
    expect(why("mail")).toBe("100 % of 1,000 values look like e-mail addresses");
    expect(why("vorname")).toBe("its name says first name");
    expect(why("konto")).toBe("100 % of 1,000 values look like bank accounts with the right check digits");
    expect(why("legacy")).toBe("its comment says sensitive");
    expect(why("misc")).toBe("there are only 4 different values among 1,000, and none looks personal");
  });

  it("are for whole tables where that is enough, and for nothing that follows from others", () => {
    expect(proposed("crm.sessions")).toEqual({ "": "drop" });
    expect(proposed("crm.nothing")).toEqual({ "": { columns: {} } });
    expect(proposed("crm.events")).toEqual({ at: "keep", mail: "email" });
    expect(proposed("crm.events_rest")).toEqual({});
    expect(proposed("crm.totals")).toEqual({});
    expect(lack.proposals).toContainEqual(expect.objectContaining({ table: undefined, rule: { kind: "drop" } }));
  });

  it("bring no value of production's with them", () => {
    const said = JSON.stringify(lack);
    for (const raw of ["mail.test", "Anna", "Hauptstra", "DE8937", "4111", "sk-live", "1234", "something"])
      expect(said).not.toContain(raw);
  });

  it("make a policy by which everything is decided and masks hold", async () => {
    const { text } = addRules("", additionsOf("app", lack.proposals));
    writeFileSync(join(root, "sanitize.yml"), text);
    expect(await look()).toEqual({ name: "app", proposals: [], refused: [], notes: [] });
    await using source = await openSource(pair.production, "app", key);
    const catalog = await readCatalog(source.session);
    const { tables } = resolveDatabase(readPolicy({ root }).databases.app, catalog);
    await probeMasks(source.session, tables);
    const people = tables.find(({ table }) => table.id === "crm.people");
    const mailOf = (id: string) =>
      tables.find(({ table }) => table.id === id)?.columns.find(({ column }) => column.name === "mail")?.expression;
    const [joined] = await source.session.query(
      `SELECT count(*)::int AS rows, count(DISTINCT people.mail)::int AS different
       FROM (SELECT ${mailOf("crm.letters")} AS mail FROM crm.letters) AS letters
       JOIN (SELECT ${mailOf("crm.people")} AS mail FROM crm.people) AS people USING (mail)`,
    );
    expect(joined).toEqual({ rows: 1_000, different: 1_000 });
    const search = people?.columns.find(({ column }) => column.name === "suche");
    expect(search?.action).toBe("derive");
    const [row] = await source.session.query<{ words: string }>(
      `SELECT (${search?.expression})::text AS words FROM crm.people WHERE id = 3`,
    );
    expect(row?.words).toBe("'-0123':5 '555':4 'an':2 'ruft':1 'test':6 'unter':3");
    expect(people?.columns.find(({ column }) => column.name === "mail")?.how).toBe("email, distinct");
  });

  it("name what is new, a key of a document included, and nothing else", async () => {
    await execute(
      pair.production,
      "app",
      "ALTER TABLE crm.people ADD fax text",
      `UPDATE crm.people SET profile = profile || '{"friends": [{"mail": "f@mail.test"}]}' WHERE id = 999`,
      `INSERT INTO crm.visits VALUES (now(), '{"path": "/", "by": {"anna@gmx.de": 1}}'), (now(), '{"mail": "anna@gmx.de"}')`,
      "CREATE TABLE crm.new (id int)",
    );
    const { proposals } = await look();
    expect(proposals.map(({ table, column, path }) => [table, column, path])).toEqual([
      ["crm.new", "id", undefined],
      ["crm.people", "fax", undefined],
      ["crm.people", "profile", "$.friends[*].mail"],
      ["crm.visits", "payload", "$.by"],
      ["crm.visits", "payload", "$.mail"],
    ]);
    expect(proposals.map(({ rule }) => rule && asWritten(rule))).toEqual(["keep", "phone", "email", "drop", "email"]);
  });

  it("do not show keys that are values themselves", async () => {
    writeFileSync(
      join(root, "sanitize.yml"),
      "databases: { app: { tables: { crm.visits: { columns: { at: keep, payload: { json: { $.path: keep, $.mail: email, $.by.x: keep } } } } } } }",
    );
    const { proposals } = await look();
    expect(proposals.filter(({ table }) => table === "crm.visits").map(({ path, rule }) => [path, rule])).toEqual([
      ["$.by.*", { kind: "drop" }],
    ]);
    expect(JSON.stringify(proposals)).not.toContain("gmx");
  });

  it("change nothing in production", async () => {
    await using session = await pair.production.connect("app");
    const [row] = await session.query(
      `SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r')::int AS tables,
         (SELECT count(*) FROM pg_stat_activity WHERE datname = 'app' AND pid <> pg_backend_pid())::int AS sessions,
         (SELECT count(*) FROM pg_proc WHERE pronamespace = 'crm'::regnamespace)::int AS functions`,
    );
    expect(row).toEqual({ tables: 7, sessions: 0, functions: 0 });
  });
});

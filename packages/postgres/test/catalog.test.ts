import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Catalog, type Connection, connect, readCatalog, type Table } from "../src/index.ts";
import { type Server, startServer } from "./support/server.ts";

describe("the catalog of a database", () => {
  let server: Server;
  let catalog: Catalog;

  const table = (id: string): Table =>
    catalog.tables.find((candidate) => candidate.id === id) ?? expect.fail(`no ${id}`);
  const column = (id: string, name: string) =>
    table(id).columns.find((candidate) => candidate.name === name) ?? expect.fail(`no ${id}.${name}`);
  const read = async (database: string) => {
    await using session = await connect({ ...server.options, database, bulk: true });
    return await readCatalog(session);
  };

  beforeAll(async () => {
    server = await startServer("wal_level=logical");
    await server.run(
      "postgres",
      `CREATE ROLE analyst`,
      `CREATE ROLE "an owner"`,
      `CREATE ROLE reader`,
      `CREATE DATABASE shop`,
    );
    await server.run("shop", ...everything);
    catalog = await read("shop");
  });

  afterAll(() => server[Symbol.asyncDispose]());

  it("tells of the database as a whole", () => {
    expect(catalog).toMatchObject({ database: "shop", roles: ["an owner", "analyst", "postgres", "reader"] });
    expect(catalog.serverVersion).toBeGreaterThanOrEqual(140000);
    expect(catalog.extensions.map(({ name }) => name)).toEqual([
      "btree_gist",
      "citext",
      "plpgsql",
      "postgres_fdw",
      "vector",
    ]);
    expect(catalog.largeObjects).toEqual({ count: 1, bytes: expect.toSatisfy((bytes: number) => bytes > 0) });
  });

  it("names what a copy does not carry", () => {
    expect(catalog.notCarried).toEqual([
      { kind: "grant on the database", name: "CONNECT to analyst" },
      { kind: "grant on the database", name: "CONNECT to postgres" },
      { kind: "grant on the database", name: "CONNECT to public" },
      { kind: "grant on the database", name: "CREATE to postgres" },
      { kind: "grant on the database", name: "TEMPORARY to postgres" },
      { kind: "grant on the database", name: "TEMPORARY to public" },
      { kind: "replication slot", name: "feed" },
      { kind: "setting", name: "app.secret" },
      { kind: "setting", name: "of role analyst: work_mem" },
      { kind: "subscription", name: "news" },
      { kind: "user mapping", name: "public on elsewhere" },
    ]);
  });

  it("lists tables of every kind, with what they belong to; materialized views after what they read", () => {
    expect(catalog.tables.map(({ id, kind, parents }) => [id, kind, parents.join()])).toEqual([
      ['Größe "XL".sélect', "table", ""],
      ["public.animals", "table", ""],
      ["public.by_list", "partitioned", ""],
      ["public.by_list_eu", "partition", "public.by_list"],
      ["public.dogs", "table", "public.animals"],
      ["public.events", "partitioned", ""],
      ["public.events_2020", "partitioned", "public.events"],
      ["public.events_2020_a", "partition", "public.events_2020"],
      ["public.events_rest", "partition", "public.events"],
      ["public.far", "foreign", ""],
      ["public.no_columns", "table", ""],
      ["public.of_extension", "table", ""],
      ["public.people", "table", ""],
      ["public.scratch", "table", ""],
      ["public.z_first", "materialized view", ""],
      ["public.a_second", "materialized view", ""],
    ]);
    expect(table("public.of_extension").extension).toBe("citext");
    expect(table("public.people")).toMatchObject({
      unlogged: false,
      extension: undefined,
      comment: `who; "they"`,
      estimatedRows: 2000,
    });
    expect(table("public.people").pages).toBeGreaterThan(10);
    expect(table("public.people").bytes).toBeGreaterThanOrEqual(table("public.people").pages * 8192);
    expect(table("public.scratch")).toMatchObject({ unlogged: true, estimatedRows: -1, comment: undefined });
    expect(table("public.no_columns").columns).toEqual([]);
  });

  it("tells what columns are made of", () => {
    expect(table("public.people").columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "id bigint",
      "email public.citext",
      "Name character varying(40)",
      "home public.place",
      "codes public.code[]",
      "moods public.mood[]",
      "age public.small_positive",
      "code public.long_code",
      "twice numeric",
      "near public.vector(3)",
      "span int4multirange",
      "ch character(5)",
    ]);
    expect(column("public.people", "id")).toMatchObject({
      notNull: true,
      identity: "always",
      generated: false,
      comment: undefined,
    });
    expect(column("public.people", "twice")).toMatchObject({ generated: true, identity: null });
    expect(column("public.people", "Name")).toMatchObject({
      comment: "a name",
      notNull: false,
      shape: { base: "varchar", maxLength: 40 },
    });
    expect(column("public.people", "ch").shape).toMatchObject({ base: "bpchar", maxLength: 5 });
    expect(column("public.people", "email").shape).toMatchObject({ base: "citext", category: "S", kind: "base" });
    expect(column("public.people", "moods").shape).toMatchObject({
      kind: "enum",
      array: true,
      labels: ["glad", "it's"],
    });
    expect(column("public.people", "span").shape).toMatchObject({ kind: "multirange" });
    expect(column("public.people", "age")).toMatchObject({
      notNull: true,
      shape: { base: "int4", domains: ["public.small_positive", "public.positive"], array: false },
    });
    expect(column("public.people", "codes")).toMatchObject({
      notNull: false,
      shape: { base: "varchar", domains: ["public.code"], array: true, maxLength: 8 },
    });
    expect(column("public.people", "code").shape).toMatchObject({
      base: "varchar",
      domains: ["public.long_code"],
      maxLength: 30,
    });
    expect(column("public.people", "home").shape).toMatchObject({
      kind: "composite",
      fields: [
        { name: "street", type: "character varying(20)", shape: { base: "varchar", maxLength: 20 } },
        { name: "moods", type: "public.mood[]", shape: { kind: "enum", array: true } },
      ],
    });
  });

  it("tells on which columns unique indexes depend", () => {
    const uniques = table("public.people").uniques.map(({ name, columns, dependsOn, ...rest }) => ({
      name,
      columns: columns.join(),
      dependsOn: dependsOn.join(),
      ...rest,
    }));
    const plain = { primary: false, expressions: false, predicate: undefined };
    expect(uniques).toEqual([
      { ...plain, name: "people_pkey", columns: "id", dependsOn: "id", primary: true },
      { ...plain, name: "by_lower", columns: "", dependsOn: "Name", expressions: true },
      { ...plain, name: "combined", columns: "code,Name", dependsOn: "Name,code" },
      { ...plain, name: "including", columns: "email", dependsOn: "email" },
      {
        ...plain,
        name: "mixed",
        columns: "age",
        dependsOn: "email,Name,age",
        expressions: true,
        predicate: "(email IS NOT NULL)",
      },
      { ...plain, name: "people_ch_span_excl", columns: "ch", dependsOn: "ch", predicate: "false" },
    ]);
    expect(table("public.events").uniques).toMatchObject([
      { name: "events_pkey", primary: true, columns: ["id", "at"] },
    ]);
    expect(table("public.events_2020_a").uniques).toMatchObject([{ primary: true, dependsOn: ["id", "at"] }]);
    expect(table("public.z_first").uniques).toMatchObject([{ name: "one_row", columns: ["n"] }]);
  });

  it("tells checks, foreign keys and triggers", () => {
    expect(table("public.people").checks).toEqual([
      { name: "long", expression: '((length(("Name")::text) > 2) AND (id > 0))', columns: ["Name", "id"] },
    ]);
    expect(table('Größe "XL".sélect').foreignKeys).toEqual([
      { name: "to_events", columns: ["event", "at"], references: "public.events", referencedColumns: ["id", "at"] },
      { name: "to_self", columns: ["boss"], references: 'Größe "XL".sélect', referencedColumns: ["from"] },
    ]);
    expect(table("public.animals").triggers).toEqual([
      { name: "audit", function: "public.log_it", arguments: ["a b", "it's\\", ""], enabled: true },
      { name: "off", function: "public.log_it", arguments: [], enabled: false },
    ]);
  });

  it("tells how far sequences have come", () => {
    expect(catalog.sequences).toEqual([
      { schema: 'Größe "XL"', name: "never", lastValue: undefined, firstValue: "9223372036854775807" },
      { schema: "public", name: "people_id_seq", lastValue: "2000", firstValue: undefined },
      { schema: "public", name: "restarted", lastValue: undefined, firstValue: "77" },
      { schema: "public", name: "tickets", lastValue: "707", firstValue: undefined },
    ]);
  });

  it("asks as often for many tables as for few", async () => {
    await server.run("postgres", "CREATE DATABASE large", "CREATE DATABASE small");
    await server.run(
      "large",
      `DO $$ BEGIN FOR i IN 1..500 LOOP
        EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, a text UNIQUE, b int CHECK (b > 0))', i); END LOOP; END $$`,
    );
    const [large, small] = [await countedRead("large"), await countedRead("small")];
    expect(large.catalog.tables).toHaveLength(500);
    expect(large.catalog.tables.at(-1)).toMatchObject({
      uniques: [{ primary: true }, {}],
      checks: [{ columns: ["b"] }],
    });
    expect(large.queries).toBeLessThanOrEqual(small.queries + 1);
  });

  async function countedRead(database: string) {
    await using session = await connect({ ...server.options, database, timeout: 60_000 });
    let queries = 0;
    const counting: Connection = {
      ...session,
      query: (...statement) => {
        queries++;
        return session.query(...statement);
      },
    };
    return { catalog: await readCatalog(counting), queries };
  }
});

const everything = [
  `CREATE EXTENSION citext`,
  `CREATE EXTENSION vector`,
  `CREATE EXTENSION btree_gist`,
  `CREATE EXTENSION postgres_fdw`,
  `CREATE SCHEMA "Größe ""XL""" AUTHORIZATION "an owner"`,
  `CREATE TYPE mood AS ENUM ('glad', 'it''s')`,
  `CREATE TYPE place AS (street varchar(20), moods mood[])`,
  `CREATE DOMAIN positive AS int NOT NULL CHECK (VALUE > 0)`,
  `CREATE DOMAIN small_positive AS positive CHECK (VALUE < 1000)`,
  `CREATE DOMAIN code AS varchar(8) NOT NULL`,
  `CREATE DOMAIN long_code AS varchar(30)`,
  `CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
  `CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email citext, gone int, "Name" varchar(40), home place, codes code[],
     moods mood[], age small_positive, code long_code, twice numeric GENERATED ALWAYS AS (age * 2) STORED, near vector(3),
     span int4multirange, ch char(5), CONSTRAINT long CHECK (length("Name") > 2 AND id > 0),
     CONSTRAINT people_ch_span_excl EXCLUDE USING gist (ch WITH =) WHERE (false))`,
  `ALTER TABLE people DROP COLUMN gone`,
  `ALTER TABLE people ALTER COLUMN home SET STORAGE EXTERNAL`,
  `CREATE UNIQUE INDEX combined ON people (code, "Name")`,
  `CREATE UNIQUE INDEX by_lower ON people (lower("Name"))`,
  `CREATE UNIQUE INDEX including ON people (email) INCLUDE (age, ch)`,
  `CREATE UNIQUE INDEX mixed ON people (age, upper("Name")) WHERE email IS NOT NULL`,
  `CREATE INDEX not_unique ON people (age)`,
  `INSERT INTO people ("Name", age) SELECT 'name ' || i, 1 + i % 900 FROM generate_series(1, 2000) i ON CONFLICT DO NOTHING`,
  `COMMENT ON TABLE people IS 'who; "they"'`,
  `COMMENT ON COLUMN people."Name" IS 'a name'`,
  `ANALYZE people`,
  `CREATE TABLE animals (name text)`,
  `CREATE TRIGGER audit AFTER INSERT ON animals FOR EACH ROW EXECUTE FUNCTION log_it('a b', 'it''s\\', '')`,
  `CREATE TRIGGER off AFTER INSERT ON animals FOR EACH ROW EXECUTE FUNCTION log_it()`,
  `ALTER TABLE animals DISABLE TRIGGER off`,
  `CREATE TABLE dogs (race text) INHERITS (animals)`,
  `CREATE TABLE events (id bigint, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)`,
  `CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY HASH (id)`,
  `CREATE TABLE events_2020_a PARTITION OF events_2020 FOR VALUES WITH (MODULUS 1, REMAINDER 0)`,
  `CREATE TABLE events_rest PARTITION OF events DEFAULT`,
  `CREATE TABLE by_list (region text) PARTITION BY LIST (region)`,
  `CREATE TABLE by_list_eu PARTITION OF by_list FOR VALUES IN ('eu', NULL)`,
  `CREATE TABLE "Größe ""XL"""."sélect" ("from" int PRIMARY KEY, boss int CONSTRAINT to_self REFERENCES "Größe ""XL"""."sélect",
     event bigint, at timestamptz, CONSTRAINT to_events FOREIGN KEY (event, at) REFERENCES events)`,
  `CREATE SEQUENCE "Größe ""XL""".never START 9223372036854775807`,
  `CREATE SEQUENCE tickets START 700 INCREMENT 7`,
  `SELECT nextval('tickets'), nextval('tickets')`,
  `CREATE SEQUENCE restarted`,
  `ALTER SEQUENCE restarted RESTART 77`,
  `CREATE UNLOGGED TABLE scratch (i int)`,
  `CREATE TABLE no_columns ()`,
  `CREATE TABLE of_extension (i int)`,
  `ALTER EXTENSION citext ADD TABLE of_extension`,
  `CREATE MATERIALIZED VIEW z_first AS SELECT count(*) AS n FROM people`,
  `CREATE UNIQUE INDEX one_row ON z_first (n)`,
  `CREATE VIEW between_them AS SELECT n FROM z_first`,
  `CREATE MATERIALIZED VIEW a_second AS SELECT n FROM between_them`,
  `CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw`,
  `CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (password 'x')`,
  `CREATE FOREIGN TABLE far (i int) SERVER elsewhere`,
  `GRANT SELECT ON people TO analyst`,
  `ALTER TABLE scratch ENABLE ROW LEVEL SECURITY`,
  `CREATE POLICY own ON scratch TO reader USING (true)`,
  `SELECT lo_from_bytea(0, 'x')`,
  `GRANT CONNECT ON DATABASE shop TO analyst`,
  `ALTER DATABASE shop SET app.secret = 'x'`,
  `ALTER ROLE analyst IN DATABASE shop SET work_mem = '4MB'`,
  `CREATE SUBSCRIPTION news CONNECTION 'host=nowhere' PUBLICATION news WITH (connect = false)`,
  `SELECT pg_create_logical_replication_slot('feed', 'pgoutput')`,
  `CREATE TEMP TABLE gone (i int)`,
];

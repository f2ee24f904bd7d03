/** A kind of place in a database that a personal value can stand in. */
interface Planted {
  /** Statements that put a value there; those that need others stand after them. */
  readonly sql: (email: string) => readonly string[];
  /** Where it is found then, as a report says it. */
  readonly places: readonly string[];
}

const column = (type: string, value: (email: string) => string, index: number): Planted => ({
  sql: (email) => [
    `CREATE TABLE "Of ${index}" ("the value" ${type})`,
    `INSERT INTO "Of ${index}" VALUES (${value(email)})`,
  ],
  places: [`public.Of ${index}.the value`],
});

const base64 = (text: string) => Buffer.from(text).toString("base64");

const columns: readonly [type: string, value: (email: string) => string][] = [
  ["text", (email) => `'${email}'`],
  ["varchar(200)", (email) => `'Write to <${email}> now'`],
  ["char(60)", (email) => `'${email}'`],
  ["citext", (email) => `'${email}'`],
  ["name", (email) => `'${email}'`],
  ["mail_address", (email) => `'${email}'`],
  ["json", (email) => `'{"a": {"${email.replace("@", "\\u0040")}": 1}}'`],
  ["jsonb", (email) => `'${JSON.stringify([{ deep: JSON.stringify({ in: JSON.stringify(`"${email}"`) }) }])}'`],
  ["text[]", (email) => `ARRAY['x', 'quoted "and" \\ ${email}']`],
  ["tsvector", (email) => `to_tsvector('english', 'a mail to ${email}')`],
  ["bytea", (email) => `'\\x00ff${Buffer.from(email).toString("hex")}00'`],
  ["bytea[]", (email) => `ARRAY['${email}'::bytea]`],
  ["xml", (email) => `'<a b="${email.replace("@", "&#x40;")}"/>'`],
  ["hstore", (email) => `hstore('k', '${email}')`],
  ["contact", (email) => `ROW(1, '${email}')`],
  ["contact[]", (email) => `ARRAY[ROW(1, '${email}')::contact]`],
  ["text", (email) => `'https://host.example/?mail=${encodeURIComponent(email)}'`],
  ["text", (email) => `'Basic ${base64(`${email}:secret`)}'`],
  ["text", (email) => `'${Buffer.from(email).toString("hex")}'`],
  ["text", (email) => `repeat('lorem ipsum ', 10000) || '${email}' || repeat(' dolor', 10000)`],
];

/** Every kind of place, in an order in which they can be made. */
export const planted: readonly Planted[] = [
  {
    sql: (email) => [
      "CREATE EXTENSION citext",
      "CREATE EXTENSION hstore",
      "CREATE EXTENSION postgres_fdw",
      "CREATE TYPE contact AS (id int, mail text)",
      `CREATE DOMAIN mail_address AS text CHECK (VALUE <> '${email}x' AND VALUE <> '${email}')`,
    ],
    places: ["constraint or check public.mail_address_check"],
  },
  ...columns.map(([type, value], index) => column(type, value, index)),
  {
    sql: (email) => [
      "CREATE TABLE parent (region text, n int) PARTITION BY LIST (region)",
      `CREATE TABLE part PARTITION OF parent FOR VALUES IN ('${email}')`,
      `INSERT INTO parent VALUES ('${email}', 1)`,
    ],
    places: ["public.part.region", "name of public.part"],
  },
  {
    sql: (email) => ['CREATE TABLE child (more text) INHERITS ("Of 0")', `INSERT INTO child VALUES ('x', '${email}')`],
    places: ["public.child.more"],
  },
  {
    sql: (email) => [
      'CREATE SCHEMA "Büro"',
      `CREATE UNLOGGED TABLE "Büro"."Größe" AS SELECT '${email}'::text AS "Straße"`,
    ],
    places: ["Büro.Größe.Straße"],
  },
  {
    sql: (email) => [
      `CREATE MATERIALIZED VIEW report AS SELECT replace('${email}', '@', 'X') AS mail, reverse(reverse('${email}')) AS back`,
    ],
    places: ["public.report.back", "rule _RETURN on public.report"],
  },
  {
    sql: (email) => [`CREATE VIEW staff AS SELECT 1 AS one WHERE '${email}' = 'x'`],
    places: ["rule _RETURN on public.staff"],
  },
  {
    sql: (email) => [
      "CREATE TABLE gone (mail text)",
      `INSERT INTO gone SELECT '${email}' FROM generate_series(1, 50)`,
      "ANALYZE gone",
      "DELETE FROM gone",
    ],
    places: ["statistics of public.gone.mail"],
  },
  { sql: (email) => [`COMMENT ON TABLE gone IS 'ask ${email}'`], places: ["comment on table public.gone"] },
  {
    sql: (email) => [`COMMENT ON COLUMN gone.mail IS 'ask ${email}'`],
    places: ["comment on table column public.gone.mail"],
  },
  { sql: (email) => [`ALTER TABLE gone ALTER mail SET DEFAULT '${email}'`], places: ["default of public.gone.mail"] },
  {
    sql: (email) => [
      "CREATE TABLE older (n int)",
      "INSERT INTO older VALUES (1)",
      `ALTER TABLE older ADD mail text DEFAULT '${email}'`,
    ],
    places: ["missing value of public.older.mail", "public.older.mail"],
  },
  {
    sql: (email) => [
      `CREATE FUNCTION hello(mail text DEFAULT 'x') RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN '${email}'; END $$`,
    ],
    places: ["function public.hello"],
  },
  {
    sql: (email) => [`CREATE FUNCTION plain() RETURNS text LANGUAGE sql RETURN '${email}'`],
    places: ["function public.plain"],
  },
  {
    sql: (email) => [`CREATE INDEX of_boss ON gone (mail) WHERE mail <> '${email}'`],
    places: ["index public.of_boss"],
  },
  { sql: (email) => [`CREATE TYPE mood AS ENUM ('glad', '${email}')`], places: ["label of public.mood"] },
  {
    sql: (email) => [`ALTER DOMAIN mail_address SET DEFAULT '${email}'`],
    places: ["default of type public.mail_address"],
  },
  {
    sql: (email) => [
      "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
      `CREATE TRIGGER tell AFTER INSERT ON gone FOR EACH ROW EXECUTE FUNCTION nothing('${email}')`,
    ],
    places: ["trigger tell on public.gone"],
  },
  {
    sql: (email) => [`CREATE POLICY mine ON gone USING (mail = '${email}')`],
    places: ["row security policy mine on public.gone"],
  },
  {
    sql: (email) => [`CREATE RULE beware AS ON DELETE TO older WHERE OLD.mail = '${email}' DO INSTEAD NOTHING`],
    places: ["rule beware on public.older"],
  },
  { sql: (email) => [`ALTER DATABASE leaky SET understudy.contact = '${email}'`], places: ["settings everyone"] },
  { sql: (email) => [`COMMENT ON DATABASE leaky IS '${email}'`], places: ["comment on database leaky"] },
  {
    sql: (email) => [
      `SELECT lo_from_bytea(4711, (repeat('.', 2048 * 512 - 10) || '${email}' || repeat('.', 5000))::bytea)`,
    ],
    places: ["large object 4711"],
  },
  {
    sql: (email) => [
      "CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw",
      `CREATE USER MAPPING FOR postgres SERVER elsewhere OPTIONS (user '${email}')`,
    ],
    places: ["options of user on server elsewhere"],
  },
];

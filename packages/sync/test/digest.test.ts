import {
  type Connection,
  quoteLiteral,
  readCatalog,
  readSequences,
  readStructure,
  sequenceProblems,
  structureProblems,
} from "@understudy/postgres";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execute, type Pair, startPair } from "../../data/test/support/pair.ts";
import { keepEverything } from "../src/plan/keep-everything.ts";
import type { TablePlan } from "../src/plan/table-plan.ts";
import { differences } from "../src/verify/digest.ts";

const text = fc.string({ unit: "binary", maxLength: 12 }).map((value) => value.replaceAll("\0", ""));
const moment = fc.date({ min: new Date("0001-01-02"), max: new Date("9999-01-01"), noInvalidDate: true });
const iso = moment.map((date) => date.toISOString());
const number = fc
  .oneof(fc.double({ noNaN: true }), fc.constantFrom("NaN", "Infinity", "-0", "1.0", "1.00", "0"))
  .map(String);
const pairs = fc.dictionary(
  text.filter((key) => key !== ""),
  text,
  { maxKeys: 3 },
);

/** Values of each type, as text that the type reads. */
const types: Record<string, fc.Arbitrary<string>> = {
  smallint: fc.integer({ min: -32768, max: 32767 }).map(String),
  bigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  numeric: number.map((value) => (value === "-0" ? "0.000" : value)),
  "double precision": number,
  real: fc.float({ noNaN: true }).map(String),
  boolean: fc.boolean().map(String),
  text,
  "varchar(40)": text,
  'text COLLATE "C"': text,
  "public.citext": text,
  uuid: fc.uuid(),
  date: fc.oneof(
    iso.map((value) => value.slice(0, 10)),
    fc.constantFrom("infinity", "5000000-01-01", "0044-03-15 BC"),
  ),
  timestamp: fc.oneof(iso, fc.constant("-infinity")),
  timestamptz: iso,
  interval: fc.integer().map((seconds) => `${seconds % 50} months ${seconds} seconds`),
  json: fc.json({ maxDepth: 2 }).filter((value) => !value.includes("\\u0000")),
  jsonb: fc
    .json({ maxDepth: 2, noUnicodeString: true } as never)
    .filter((value) => !/\\u0000|\\ud/i.test(value) && !/e[+-]?\d{3}/.test(value)),
  bytea: fc.uint8Array({ maxLength: 20 }).map((bytes) => `\\x${Buffer.from(bytes).toString("hex")}`),
  "int[]": fc.array(fc.integer(), { maxLength: 3 }).map((values) => `{${values}}`),
  "public.hstore": pairs.map((value) =>
    Object.entries(value)
      .map((pair) => pair.map((part) => `"${part.replace(/["\\]/g, "\\$&")}"`).join("=>"))
      .join(","),
  ),
  daterange: iso.map((value) => `[${value.slice(0, 10)},)`),
  inet: fc.ipV4(),
  xml: fc.constantFrom("<a/>", "<a />", "<b>ü</b>", "text"),
  tsvector: fc.constantFrom("'a':1 'b':2", "'a' 'b'", "'a':2A"),
  "public.place": fc.tuple(fc.integer(), fc.boolean()).map(([house, isLarge]) => `(${house},${isLarge})`),
  "bit varying": fc.integer({ min: 1, max: 99 }).map((value) => value.toString(2)),
};

const columns = Object.keys(types).map((type, index) => ({ name: `c${index}`, type }));

type Row = readonly (string | null)[];
const row: fc.Arbitrary<Row> = fc.tuple(...Object.values(types).map((values) => fc.option(values, { freq: 9 })));

describe("a digest of a table", () => {
  let pair: Pair;
  let source: Connection;
  let copy: Connection;
  let plans: TablePlan[];

  beforeAll(async () => {
    pair = await startPair();
    for (const server of [pair.production, pair.staging]) {
      await execute(
        server,
        "postgres",
        "CREATE EXTENSION citext",
        "CREATE EXTENSION hstore",
        "CREATE TYPE place AS (house int, large boolean)",
        `CREATE TABLE mixed (${columns.map(({ name, type }) => `${name} ${type}`).join(", ")})`,
        "CREATE TABLE no_columns ()",
      );
    }
    // Two servers that write values in different ways must agree all the same.
    await execute(
      pair.staging,
      "postgres",
      "ALTER DATABASE postgres SET DateStyle = 'SQL, DMY'",
      "ALTER DATABASE postgres SET TimeZone = 'Asia/Tokyo'",
    );
    source = await pair.production.connect("postgres");
    copy = await pair.staging.connect("postgres");
    plans = keepEverything(await readCatalog(source));
  });
  afterAll(async () => {
    await source?.close();
    await copy?.close();
    await pair?.[Symbol.asyncDispose]();
  });

  const fill = async (connection: Connection, rows: readonly Row[]) => {
    await connection.query("TRUNCATE public.mixed");
    for (const values of rows) {
      const literals = values.map((value) => (value === null ? "NULL" : quoteLiteral(value)));
      await connection.query(`INSERT INTO public.mixed VALUES (${literals})`);
    }
  };

  /** The rows as the server writes them, since different inputs can be the same value. */
  const written = async (connection: Connection): Promise<string[]> => {
    const rows = await connection.query<{ row: string }>(
      'SELECT mixed::text AS row FROM public.mixed ORDER BY mixed::text COLLATE "C"',
    );
    return rows.map(({ row }) => row);
  };

  it("is the same for the same rows in any order, and names the column of a changed value", async () => {
    const change = fc.record({ row: fc.nat(), column: fc.nat(columns.length - 1), other: row });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        change,
        async (rows, { row: at, column, other }) => {
          await fill(source, rows);
          await fill(copy, [...rows].reverse());
          expect(await differences(source, copy, plans, "kept")).toEqual([]);
          const changed = rows.map((values, index) =>
            index === at % rows.length ? values.with(column, other[column] ?? null) : values,
          );
          await fill(copy, changed);
          const name = columns[column]?.name;
          const isEqual = JSON.stringify(await written(source)) === JSON.stringify(await written(copy));
          const found = await differences(source, copy, plans, "kept");
          expect(found.flatMap(({ columns }) => columns)).toEqual(isEqual ? [] : [name]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("tells rows that are missing and values that changed rows", async () => {
    const rows = (...values: [string, string][]) =>
      values.map(([first, second]): Row => columns.map((_, at) => (at === 0 ? first : at === 6 ? second : null)));
    await fill(source, rows(["1", "a"], ["2", "b"]));
    await fill(copy, rows(["1", "b"], ["2", "a"]));
    expect(await differences(source, copy, plans, "kept")).toEqual([
      { table: "public.mixed", columns: [], message: "public.mixed: the same values, but in other rows" },
    ]);
    await fill(copy, rows(["1", "a"]));
    const [difference] = await differences(source, copy, plans, "kept");
    expect(difference?.message).toBe("public.mixed: 2 rows in production, 1 in the copy");
  });

  it("covers masked columns only when it is to cover all, as what is sent", async () => {
    const masked = plans.map((plan) => ({
      ...plan,
      where: plan.table.name === "mixed" ? "c0 > 1" : undefined,
      columns: plan.columns.map((one) =>
        one.column.name === "c6" ? { ...one, action: "mask" as const, expression: "upper(c6)" } : one,
      ),
    }));
    const both = (texts: string[]) =>
      texts.map(
        (value, at): Row => columns.map((_, column) => (column === 0 ? String(at + 1) : column === 6 ? value : null)),
      );
    await fill(source, both(["a", "b", "c"]));
    await fill(copy, both(["", "B", "C"]).slice(1));
    expect(await differences(source, copy, masked, "all")).toEqual([]);
    await fill(copy, both(["", "b", "C"]).slice(1));
    expect(await differences(source, copy, masked, "kept")).toEqual([]);
    expect((await differences(source, copy, masked, "all")).map(({ columns }) => columns)).toEqual([["c6"]]);
  });
});

describe("what a table has beside rows", () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair();
    for (const server of [pair.production, pair.staging]) {
      await execute(
        server,
        "postgres",
        "CREATE TABLE people (id serial PRIMARY KEY, mail text UNIQUE, boss int REFERENCES people, CHECK (id > 0))",
        "CREATE SEQUENCE down INCREMENT -1",
        "CREATE TABLE days (day date) PARTITION BY RANGE (day)",
        "CREATE TABLE days_all PARTITION OF days DEFAULT",
        "CREATE INDEX ON days (day)",
      );
    }
  });
  afterAll(() => pair?.[Symbol.asyncDispose]());

  const problems = async () => {
    await using source = await pair.production.connect("postgres");
    await using copy = await pair.staging.connect("postgres");
    return [
      ...structureProblems(await readStructure(source), await readStructure(copy)),
      ...sequenceProblems(await readSequences(source), await readSequences(copy)),
    ];
  };

  it("is compared by table and kind", async () => {
    expect(await problems()).toEqual([]);
    await execute(
      pair.staging,
      "postgres",
      "ALTER TABLE people DROP CONSTRAINT people_boss_fkey, DROP CONSTRAINT people_mail_key",
      "ALTER TABLE people ADD CONSTRAINT people_boss_fkey FOREIGN KEY (boss) REFERENCES people NOT VALID",
    );
    expect(await problems()).toEqual([
      "public.people · foreign key: 1 in production, 0 in the copy",
      "public.people · index: 2 in production, 1 in the copy",
      "public.people · unique constraint: 1 in production, 0 in the copy",
    ]);
    await execute(
      pair.staging,
      "postgres",
      "ALTER TABLE people VALIDATE CONSTRAINT people_boss_fkey",
      "ALTER TABLE people ADD UNIQUE (mail)",
    );
    expect(await problems()).toEqual([]);
  });

  it("has sequences that are not behind production's, nor behind their columns", async () => {
    await execute(
      pair.production,
      "postgres",
      "SELECT nextval('down'), nextval('down')",
      "INSERT INTO people DEFAULT VALUES",
    );
    expect(await problems()).toEqual([
      "public.down: at its start in the copy, at -2 in production",
      "public.people_id_seq: at its start in the copy, at 1 in production",
    ]);
    await execute(
      pair.staging,
      "postgres",
      "SELECT setval('down', -2), setval('people_id_seq', 1)",
      "INSERT INTO people VALUES (7)",
    );
    expect(await problems()).toEqual(["public.people_id_seq: at 1 in the copy, where its column has 7"]);
    await execute(pair.production, "postgres", "INSERT INTO people VALUES (7)");
    expect(await problems()).toEqual([]);
  });
});

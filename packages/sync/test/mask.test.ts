import { UserError } from "@understudy/core";
import { type Column, type Connection, readCatalog } from "@understudy/postgres";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileMask, compileValue, type MaskContext } from "../src/mask/compile.ts";
import type { Masker } from "../src/mask/masker.ts";
import { maskers } from "../src/mask/registry.ts";
import type { MaskRule } from "../src/policy/policy.ts";
import { columnOf, context, type MaskServer, startMaskServer } from "./support/mask-server.ts";

const maskText = columnOf("value", "text");

let server: MaskServer;
let session: Connection;
let otherKey: Connection;

beforeAll(async () => {
  server = await startMaskServer();
  session = await server.session("example");
  otherKey = await server.session("another");
});
afterAll(() => server[Symbol.asyncDispose]());

const rule = (masker: string, options: Readonly<Record<string, unknown>> = {}, distinct = false): MaskRule => ({
  kind: "mask",
  masker,
  distinct,
  person: undefined,
  options,
});

/** Masks of values of a column that need not be in a table. */
async function mask(
  values: readonly unknown[],
  said: MaskRule,
  { column = maskText, on = session, ...more }: { column?: Column; on?: Connection } & Partial<MaskContext> = {},
) {
  const { expression } = compileMask(column, said, { ...context, distinct: said.distinct, ...more });
  const rows = await on.query<{ masked: unknown }>(
    `SELECT ${expression} AS masked FROM unnest($1::${column.type}[]) WITH ORDINALITY AS people(value, place) ORDER BY place`,
    [values],
  );
  return rows.map(({ masked }) => masked);
}

const valueMaskers = [...maskers.values()].filter((masker): masker is Masker => "sql" in masker);
const distinctOptions = (name: string) => (name === "template" ? { text: "C-{digits:4}-{hash} ({value-length})" } : {});

describe.each(valueMaskers)("the masker $name", (masker) => {
  const { name, example } = masker;
  const options = example.options ?? {};

  it("does what its example says", async () => {
    expect(await mask([example.before], rule(name, options))).toEqual([example.after]);
    if (example.distinct) expect(await mask([example.before], rule(name, options, true))).toEqual([example.distinct]);
  });

  it("leaves NULL and empty, and says what it gives whatever goes in", async () => {
    expect(await mask([null, ""], rule(name, options))).toEqual([null, ""]);
    for (const constant of [...masker.constants, ...(masker.constantsOf?.(options) ?? [])])
      expect(constant).not.toBe("");
  });
});

const distinctMaskers = valueMaskers.filter(({ name }) => !["date", "number", "text", "fixed"].includes(name));

it.each(distinctMaskers)(
  "distinct values of $name stay distinct, by key, within their length, and are never the same",
  async ({ name }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ unit: someCharacter, minLength: 1, maxLength: 40 }), {
          minLength: 50,
          maxLength: 50,
        }),
        fc.integer({ min: 48, max: 60 }),
        async (values, length) => {
          const column = columnOf("value", `character varying(${length})`, { base: "varchar", maxLength: length });
          const said = rule(name, distinctOptions(name), true);
          const masked = await mask(values, said, { column });
          expect(new Set(masked).size).toBe(values.length);
          expect(await mask(values, said)).toEqual(masked);
          const keyed = await mask(values, said, { on: otherKey });
          for (const [index, text] of masked.entries()) {
            expect(text).not.toBe(values[index]);
            expect(text).not.toBe(keyed[index]);
            expect(String(text).length).toBeLessThanOrEqual(length);
          }
        },
      ),
      { numRuns: 20 },
    );
  },
);

const someCharacter = fc.constantFrom("a", "b", "A", "B", "1", "@", ".", "-", " ", "ß", "Ü", "'", "\\", "😀");

describe("a mask with a hash", () => {
  it("tells values apart that differ in case, and only in case", async () => {
    const values = ["anna@gmx.de", "Anna@gmx.de", "ANNA@GMX.DE", "anna@GMX.de"];
    const masked = (await mask(values, rule("email", {}, true))) as string[];
    expect(new Set(masked).size).toBe(4);
    expect(new Set(masked.map((text) => text.toLowerCase()))).toEqual(new Set([masked[0]]));
  });

  it("is the same as long as it fits, and shorter where it must be", async () => {
    const [long] = (await mask(["anna@gmx.de"], rule("email", {}, true))) as [string];
    const column = columnOf("value", "character varying(30)", { base: "varchar", maxLength: 30 });
    const [short] = await mask(["anna@gmx.de"], rule("email", {}, true), { column });
    expect(short).toBe(`${long.slice(0, 18)}@example.com`);
  });

  it("has right check digits", async () => {
    const values = Array.from({ length: 500 }, (_, index) => `value ${index}`);
    for (const rows of [1_000, 50_000, 200_000]) {
      const cards = (await mask(values, rule("card", {}, true), { rows })) as string[];
      for (const card of cards) expect([card, luhn(card)]).toEqual([card, 0]);
      expect(new Set(cards).size).toBe(500);
    }
    const ibans = [...(await mask(values, rule("iban", {}, true))), "DE36000000000000000000"] as string[];
    for (const iban of ibans) {
      const digits = `${iban.slice(4)}${iban.slice(0, 4)}`.replace(/[A-Z]/g, (letter) =>
        String(letter.charCodeAt(0) - 55),
      );
      expect([iban, Number(BigInt(digits) % 97n)]).toEqual([iban, 1]);
    }
  });
});

function luhn(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, index) => {
    const doubled = index % 2 ? Number(digit) * 2 : Number(digit);
    return (sum + Math.floor(doubled / 10) + (doubled % 10)) % 10;
  }, 0);
}

describe("numbers", () => {
  const types = { int2: "smallint", int4: "integer", int8: "bigint" } as const;
  const limits = { int2: 2n ** 15n, int4: 2n ** 31n, int8: 2n ** 63n } as const;
  const number = (base: string, type: string) => columnOf("value", type, { base, category: "N" });

  it.each(Object.keys(types) as (keyof typeof types)[])(
    "of type %s stay in its range, with their sign, and distinct ones distinct",
    async (base) => {
      const column = number(base, types[base]);
      const most = limits[base] - 1n;
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.bigInt({ min: -most - 1n, max: most }), { minLength: 1, maxLength: 50 }),
          async (some) => {
            const values = [...new Set([...some, 0n, 1n, -1n, most, -most - 1n])];
            for (const distinct of [false, true]) {
              const masked = (await mask(values.map(String), rule("number", {}, distinct), { column })).map((one) =>
                BigInt(String(one)),
              );
              if (distinct) expect(new Set(masked).size).toBe(values.length);
              for (const [index, value] of values.entries()) {
                const after = masked[index] as bigint;
                expect(after < 0n).toBe(value < 0n);
                if (distinct || value === 0n) continue;
                const far = after > value ? after - value : value - after;
                expect([value, far > 0n && (far === 1n || far <= (value < 0n ? -value : value) / 10n + 1n)]).toEqual([
                  value,
                  true,
                ]);
              }
            }
          },
        ),
        { numRuns: 30 },
      );
    },
  );

  it("that are small are permuted wholly", async () => {
    const column = number("int2", "smallint");
    const all = Array.from({ length: 65_536 }, (_, index) => index - 32_768);
    expect(new Set(await mask(all, rule("number", {}, true), { column })).size).toBe(65_536);
  });

  it("give the same in int4, int8 and numeric", async () => {
    const values = ["0", "1", "-1", "4711", "2147483647", "-2147483648"];
    const said = rule("number", {}, true);
    const [small, large, decimal] = [number("int4", "integer"), number("int8", "bigint"), number("numeric", "numeric")];
    const masked = (await mask(values, said, { column: small })).map(String);
    expect((await mask(values, said, { column: large })).map(String)).toEqual(masked);
    expect((await mask(values, said, { column: decimal })).map(String)).toEqual(masked);
  });

  it("with a fraction keep their digits, and their type's limit", async () => {
    const column = number("numeric", "numeric(4,2)");
    const values = ["0.01", "-0.01", "99.99", "-99.99", "10.00", "0.00", "NaN"];
    const masked = (await mask(values, rule("number", { percent: 50 }), { column })) as string[];
    for (const [index, text] of masked.entries()) {
      const before = Number(values[index]);
      if (!before) expect(text).toBe(values[index]);
      else
        expect([text, /^-?\d{1,2}\.\d\d$/.test(text), Number(text) * before > 0, Number(text) !== before]).toEqual([
          text,
          true,
          true,
          true,
        ]);
    }
    for (const [base, type] of [
      ["float4", "real"],
      ["float8", "double precision"],
    ] as const) {
      const floats = [1.5, -1e-30, 3e38, 0];
      const noisy = (await mask(floats, rule("number"), { column: number(base, type) })) as number[];
      for (const [index, after] of noisy.entries()) {
        const before = floats[index] as number;
        expect(Math.abs(after - before)).toBeLessThanOrEqual(Math.abs(before) * 0.1001);
        expect(after === before).toBe(before === 0);
      }
    }
  });
});

describe("dates", () => {
  const dates = ["1984-02-29", "1984-03-01", "1999-12-31"];
  const types = {
    date: "date",
    timestamp: "timestamp without time zone",
    timestamptz: "timestamp with time zone",
    text: "text",
  };

  /** Days that each of the dates is moved by. */
  const moved = async (base: keyof typeof types, said: MaskRule, more: Partial<MaskContext> = {}) => {
    const column = columnOf("value", types[base], { base });
    const { expression } = compileMask(column, said, { ...context, ...more });
    const rows = await session.query<{ days: number }>(
      `SELECT (${expression})::date - value::date AS days
       FROM unnest($1::${types[base]}[]) WITH ORDINALITY AS people(value, place) ORDER BY place`,
      [dates],
    );
    return rows.map(({ days }) => days);
  };

  it("of a person move alike, whatever type they are of, and never by nothing", async () => {
    for (const days of [1, 2, 30, 181]) {
      const said = rule("date", { days });
      const byPerson: number[] = [];
      for (let person = 0; person < 30; person++) {
        const [first = 0, ...others] = await moved("date", said, { person: `'${person}'` });
        expect(others).toEqual([first, first]);
        expect(await moved("text", said, { person: `'${person}'` })).toEqual([first, first, first]);
        byPerson.push(first);
      }
      expect(byPerson).not.toContain(0);
      expect(Math.max(...byPerson.map(Math.abs))).toBeLessThanOrEqual(days);
      expect(new Set(byPerson).size).toBeGreaterThan(1);
    }
  });

  it("without a person move by the day that they are, distinct ones all alike", async () => {
    const single = await moved("date", rule("date"));
    expect(new Set(single).size).toBe(3);
    for (const base of ["timestamp", "timestamptz", "text"] as const)
      expect(await moved(base, rule("date"))).toEqual(single);
    const together = await moved("date", rule("date", {}, true));
    expect(new Set(together).size).toBe(1);
  });

  it("in text keep their time; what is no date is gone", async () => {
    const values = ["1984-02-29T10:30:00.5+01:00", "2021-02-31", "29.2.1984", "1984-02-29 anna@gmx.de", "0000-01-01"];
    const [time, ...others] = (await mask(values, rule("date"))) as string[];
    expect(time).toMatch(/^198[345]-\d\d-\d\dT10:30:00\.5\+01:00$/);
    expect(others).toEqual([expect.stringMatching(/^202[01]-\d\d-\d\d$/), "1970-01-01", "1970-01-01", "1970-01-01"]);
  });

  it("that are infinite stay", async () => {
    const column = columnOf("value", "date", { base: "date", category: "D" });
    const { expression } = compileMask(column, rule("date"), context);
    expect(
      await session.query(`SELECT (${expression})::text AS masked FROM (SELECT 'infinity'::date) AS people(value)`),
    ).toEqual([{ masked: "infinity" }]);
  });
});

describe("types of columns", () => {
  let columns: ReadonlyMap<string, Column>;

  beforeAll(async () => {
    await server.run(
      "CREATE SCHEMA extensions",
      "CREATE EXTENSION citext SCHEMA extensions",
      "CREATE EXTENSION hstore SCHEMA extensions",
      "CREATE DOMAIN public.mail AS text CHECK (VALUE ~ '^[^@]+@[^@]+$')",
      "CREATE DOMAIN public.login AS public.mail NOT NULL",
      "CREATE TYPE public.mood AS ENUM ('happy', 'it''s fine')",
      'CREATE TYPE public.place AS (street text, "zip code" varchar(10), since date)',
      `CREATE TABLE public.everything (
        id int PRIMARY KEY, short varchar(20), padded char(40), ignored extensions.citext, login public.login, mood public.mood,
        mails text[], codes varchar(30)[], moods public.mood[], numbers int[], address inet, network cidr, key uuid, file bytea, note xml,
        place public.place, places public.place[], stay daterange, stays tstzrange, sizes int4range, tags extensions.hstore,
        plenty extensions.hstore, flag boolean, search tsvector)`,
      `INSERT INTO public.everything VALUES (1, 'Anna', 'Anna', 'Anna@gmx.de', 'anna@gmx.de', 'happy', '{a@b.de,NULL,"",c@d.de}', '{x}',
        '{happy}', '{5,NULL,70}', '10.1.2.3/8', '10.0.0.0/8', '3f1e9c1a-7d55-11ee-b962-0242ac120002', 'secret', '<a>call 0151 2345678</a>',
        '("Main St",12345,1984-02-29)', '{"(A,1,)",NULL}', '[1984-02-29,1985-01-01)', '(,1985-01-01 00:00+00]', '[1,5)',
        'email=>anna@gmx.de,tier=>gold', 'a=>x,b=>NULL', true, 'anna')`,
      "INSERT INTO public.everything (id, mails, place, stay, tags, login) VALUES (2, '{}', '(,,)', 'empty', '', 'b@c.de')",
    );
    const catalog = await readCatalog(session);
    const { columns: all = [] } = catalog.tables.find(({ id }) => id === "public.everything") ?? {};
    columns = new Map(all.map((column) => [column.name, column]));
  });

  const masks = async (name: string, said: MaskRule, more: Partial<MaskContext> = {}) => {
    const { expression, personal } = compileMask(columns.get(name) as Column, said, {
      ...context,
      table: "public.everything",
      ...more,
    });
    const rows = await session.query<Record<string, string>>(
      `SELECT (${expression})::text AS masked, pg_typeof(${expression})::text AS type FROM public.everything ORDER BY id`,
    );
    const values = [];
    for (const { values: sql } of personal) {
      const found = await session.query<{ value: string }>(`SELECT ${sql} AS value FROM public.everything ORDER BY id`);
      values.push(...found.map(({ value }) => value).filter(Boolean));
    }
    expect(new Set(rows.map(({ type }) => type)).size).toBe(1);
    return { masked: rows[0]?.masked, second: rows[1]?.masked, values };
  };

  it("are kept, whatever a value is made of", async () => {
    const distinct = await mask(["Anna@gmx.de"], rule("email", {}, true));
    expect(await masks("short", rule("first-name"))).toEqual({ masked: "Test", second: null, values: ["Anna"] });
    expect(await masks("padded", rule("full-name"))).toMatchObject({ masked: "Test User", values: ["Anna"] });
    expect(await masks("ignored", rule("email", {}, true))).toEqual({
      masked: distinct[0],
      second: null,
      values: ["Anna@gmx.de"],
    });
    expect((await masks("login", rule("email"))).masked).toBe("test@example.com");
    expect((await masks("mood", rule("fixed", { value: "it's fine" }))).masked).toBe("it's fine");
    expect(await masks("mails", rule("email"))).toEqual({
      masked: '{test@example.com,NULL,"",test@example.com}',
      second: "{}",
      values: ["a@b.de", "c@d.de"],
    });
    expect((await masks("codes", rule("hash"))).masked).toMatch(/^\{[0-9a-z]{23}\}$/);
    expect((await masks("moods", rule("fixed", { value: "{it's fine}" }))).masked).toBe('{"it\'s fine"}');
    expect((await masks("numbers", rule("number"))).masked).toMatch(/^\{[46],NULL,\d\d\}$/);
    expect((await masks("address", rule("ip"))).masked).toBe("192.0.2.1/32");
    expect((await masks("address", rule("ip", {}, true))).masked).toMatch(/^2001:db8:/);
    expect(await masks("network", rule("ip"))).toMatchObject({ masked: "192.0.2.1/32", values: ["10.0.0.0"] });
    expect((await masks("key", rule("uuid"))).masked).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(await masks("file", rule("hash"))).toMatchObject({
      masked: expect.stringMatching(/^\\x[0-9a-f]{64}$/),
      values: ["secret"],
    });
    expect((await masks("file", rule("fixed", { value: "\\x00ff" }))).masked).toBe("\\x00ff");
    expect((await masks("note", rule("text"))).masked).toBe("<a>call 555-0123</a>");
  });

  it("that have parts are masked part by part", async () => {
    const fields = { street: "address", "zip code": "keep", since: { mask: "date", person: "id" } };
    expect(await masks("place", rule("composite", { fields }))).toEqual({
      masked: expect.stringMatching(/^\("1 Test Street",12345,198[345]-\d\d-\d\d\)$/),
      second: "(,,)",
      values: ["Main St"],
    });
    const street = { street: "address", "zip code": "null", since: "null" };
    expect((await masks("places", rule("composite", { fields: street }))).masked).toBe(
      '{"(\\"1 Test Street\\",,)",NULL}',
    );
    expect(await masks("tags", rule("hstore", { keys: { email: "email", tier: "keep" } }))).toEqual({
      masked: '"tier"=>"gold", "email"=>"test@example.com"',
      second: "",
      values: ["anna@gmx.de"],
    });
    expect((await masks("plenty", rule("first-name"))).masked).toBe('"a"=>"Test", "b"=>NULL');
    await expect(masks("tags", rule("hstore", { keys: { tier: "keep" } }))).rejects.toThrow(
      "understudy: tags: no rule for the key email",
    );
    const stays = await masks("stays", rule("date"));
    expect(stays.masked).toMatch(/^\(,"198[45]-\d\d-\d\d 00:00:00\+00"\]$/);
    const { masked, second } = await masks("stay", rule("date"), { person: "id::text" });
    const [from, to] = String(masked)
      .slice(1, -1)
      .split(",")
      .map((date) => Date.parse(date));
    expect([((to ?? 0) - (from ?? 0)) / 86_400_000, second]).toEqual([307, "empty"]);
  });

  it("that a masker cannot mask are refused, with what can be said instead", () => {
    const refusal = (name: string, said: MaskRule, more: Partial<MaskContext> = {}) => {
      try {
        compileMask(columns.get(name) as Column, said, { ...context, table: "public.everything", ...more });
        return "accepted";
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        const { message, next } = error as UserError;
        return `${message}. ${next}`;
      }
    };
    expect(refusal("flag", rule("email"))).toBe(
      "public.everything.flag: email: it cannot mask boolean. Say keep or null, or one of fixed",
    );
    expect(refusal("sizes", rule("date"))).toMatch(/^public.everything.sizes: date: it cannot mask int4range\. /);
    expect(refusal("mood", rule("fixed", { value: "sad" }))).toBe(
      'public.everything.mood: fixed: "sad" is no label of the type. There are happy, it\'s fine',
    );
    expect(refusal("short", rule("email", {}, true))).toBe(
      "public.everything.short: email: to keep 1,000 values apart its mask needs 25 characters, and 20 fit. Say { mask: hash }, which is shorter, or make the column longer",
    );
    expect(refusal("short", rule("hash", {}, true), { rows: 10 ** 30 })).toMatch(
      /needs \d+ characters, and 20 fit\. Make the column longer$/,
    );
    expect(refusal("place", rule("composite", { fields: { street: "keep" } }))).toMatch(
      /nothing is said of its field "zip code"/,
    );
    expect(
      refusal("place", rule("composite", { fields: { street: "card", "zip code": "iban", since: "keep" } })),
    ).toMatch(
      /^public.everything.place.zip code: iban: its mask "DE36000000000000000000" has 22 characters, and 10 fit/,
    );
    expect(refusal("place", rule("email"))).toMatch(/Say keep or null, or one of fixed, composite$/);
    expect(refusal("search", rule("text"))).toMatch(/it cannot mask tsvector/);
  });
});

describe("free text", () => {
  it("loses addresses and numbers, and nothing else", async () => {
    const same = ["room 1234", "v1.2.3, 5 @ 3.50", "2 of 300000", "café 12€ & more"];
    expect(await mask(same, rule("text"))).toEqual(same);
    const values = [
      "Write to <anna.schmidt+x@mail.example.co.uk>.",
      "?mail=bob%40gmx.de&x=1",
      "Größe@münchen.de!",
      "(030) 123-45 67, 0151/2345678",
    ];
    expect(await mask(values, rule("text"))).toEqual([
      "Write to <test@example.com>.",
      "?mail=test@example.com&x=1",
      "test@example.com!",
      "(555-0123, 555-0123",
    ]);
  });

  it("loses known names", async () => {
    const said = rule("text", { names: ["public.customers.name"] });
    const names = "SELECT name FROM (VALUES ('Anna-Lena Müller'), ('Bo Li')) AS customers(name)";
    expect(await mask(["Dear ANNA, Lena & MÜLLER's Bo?"], said, { names })).toEqual(["Dear Test, Test & Test's Bo?"]);
    await expect(mask(["x"], said)).rejects.toThrow("cannot be looked up from here");
  });
});

it("values outside of a table are masked like those of columns", async () => {
  const sql = compileValue("value", "text", rule("email", {}, true), { ...context, distinct: true });
  const [row] = await session.query<{ masked: string }>(
    `SELECT ${sql} AS masked FROM (SELECT 'anna@gmx.de'::text) AS sent(value)`,
  );
  expect([row?.masked]).toEqual(await mask(["anna@gmx.de"], rule("email", {}, true)));
});

import { randomBytes } from "node:crypto";
import { type Connection, readCatalog } from "@understudy/postgres";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execute, type Pair, startPair } from "../../data/test/support/pair.ts";
import type { Fingerprint } from "../src/mask/masker.ts";
import { keepEverything } from "../src/plan/keep-everything.ts";
import type { TablePlan } from "../src/plan/table-plan.ts";
import { collectFingerprints, expectedValues } from "../src/verify/leaks/collect.ts";
import { Fingerprints, formsOf } from "../src/verify/leaks/fingerprints.ts";
import { formsSql } from "../src/verify/leaks/forms-sql.ts";
import { Hasher } from "../src/verify/leaks/hash-bytes.ts";
import { proveInDatabases } from "../src/verify/leaks/prove.ts";
import type { LeakReport } from "../src/verify/leaks/report.ts";
import { scanDatabase } from "../src/verify/leaks/scan-database.ts";
import { Search } from "../src/verify/leaks/search.ts";
import { planted } from "./support/planted-leaks.ts";

const people = 25_000;

/** Columns of the source that hold personal values. */
const personal: Record<string, Fingerprint> = { email: "text", name: "text", first: "text", phone: "digits" };

describe("the search for leaks in a database", () => {
  let pair: Pair;
  let source: Connection;
  let plans: TablePlan[];
  let fingerprints: Fingerprints;

  beforeAll(async () => {
    pair = await startPair();
    await execute(
      pair.production,
      "postgres",
      "CREATE TABLE people (id int, email text, name varchar(80), first text, phone text)",
      `INSERT INTO people SELECT i, 'Person.' || i || '@secret.example', 'Given' || i || '  Family' || i * 7, 'Solo',
         '+49 (' || 10000 + i || ') 555-' || 10000 + i FROM generate_series(1, ${people}) i`,
      "ANALYZE",
    );
    source = await pair.production.connect("postgres");
    plans = keepEverything(await readCatalog(source)).map(withPersonal);
    fingerprints = new Fingerprints({ expected: expectedValues(plans), allowed: ["person.1@SECRET.example"] });
    await collectFingerprints(fingerprints, [source], plans);
  });
  afterAll(async () => {
    await source?.close();
    await pair?.[Symbol.asyncDispose]();
  });

  const search = async (database: string): Promise<LeakReport> => {
    const search = new Search(fingerprints, [
      (finds) => proveInDatabases(finds, [{ database: "postgres", readers: [source], plans }]),
    ]);
    await using first = await pair.staging.connect(database);
    await using second = await pair.staging.connect(database);
    await scanDatabase(search, [first, second], database, plans);
    return search.report();
  };

  it("has production fingerprint its values in all their forms", () => {
    // Each e-mail, name and telephone number, the last also as digits, and one first name.
    expect(fingerprints.count).toBe(4 * people + 1);
  });

  it("finds nothing in a clean copy", async () => {
    await execute(pair.staging, "postgres", "CREATE DATABASE clean");
    await execute(
      pair.staging,
      "clean",
      "CREATE TABLE people (id int, email text, name varchar(80), first text, phone text)",
      `INSERT INTO people SELECT i, 'test+' || md5(i::text) || '@example.com', 'Test User', 'Test', '555-0123' FROM generate_series(1, ${people}) i`,
      "CREATE TABLE notes (body text, doc jsonb, token text)",
      `INSERT INTO notes SELECT 'Order ' || md5(i::text) || ' of Solo, at ' || now() + i * interval '1 hour', jsonb_build_object('n', i * 1e7, 'k', md5(i::text)),
         encode(sha256(i::text::bytea), 'base64') FROM generate_series(1, 20000) i`,
      "INSERT INTO notes VALUES ('mail to person.1@secret.example, as is allowed')",
      "ANALYZE",
    );
    expect(await search("clean")).toEqual({ leaks: [], coincidences: [] });
  });

  it("finds a value in every kind of place, and says where it comes from", async () => {
    await execute(pair.staging, "postgres", "CREATE DATABASE leaky");
    const email = (index: number) => `person.${index + 10}@secret.example`;
    await execute(pair.staging, "leaky", ...planted.flatMap(({ sql }, index) => sql(email(index))));
    const { leaks } = await search("leaky");
    const places = leaks.map(({ place }) => place);
    expect(places).toEqual(
      expect.arrayContaining(planted.flatMap(({ places }) => places.map((place) => `leaky: ${place}`))),
    );
    expect(new Set(leaks.flatMap(({ sources }) => sources))).toEqual(new Set(["postgres: public.people.email"]));
  });

  it("finds what a mask that was switched off lets through, common words too", async () => {
    await execute(pair.staging, "postgres", "CREATE DATABASE unmasked");
    await execute(
      pair.staging,
      "unmasked",
      "CREATE TABLE people (id int, email text, name text, first text, phone text)",
      "INSERT INTO people VALUES (1, 'PERSON.7@secret.example', 'given8 family56', 'Solo', '49 10002 555-10002')",
      "CREATE TABLE other (first text)",
      "INSERT INTO other VALUES ('Solo')",
    );
    const { leaks } = await search("unmasked");
    expect(leaks.map(({ place, sources, count }) => [place, sources, count]).sort()).toEqual(
      ["email", "first", "name", "phone"].map((column) => [
        `unmasked: public.people.${column}`,
        [`postgres: public.people.${column}`],
        1,
      ]),
    );
  });

  it("takes a few numbers among many for chance", async () => {
    await execute(pair.staging, "postgres", "CREATE DATABASE numbers");
    await execute(
      pair.staging,
      "numbers",
      "CREATE TABLE orders (id bigint)",
      "INSERT INTO orders SELECT 8000000000 + i FROM generate_series(1, 5000) i",
      "INSERT INTO orders VALUES (491000255510002)",
    );
    const { leaks, coincidences } = await search("numbers");
    expect(leaks).toEqual([]);
    expect(coincidences).toEqual([
      { place: "numbers: public.orders.id", sources: ["postgres: public.people.phone"], count: 1 },
    ]);
  });

  it("ends when there is so much that the copy cannot be used", async () => {
    await execute(pair.staging, "postgres", "CREATE DATABASE flood");
    await execute(
      pair.staging,
      "flood",
      "CREATE TABLE words (word text)",
      `INSERT INTO words SELECT 'Person.' || i || '@secret.example' FROM generate_series(2, ${people}) i, generate_series(1, 9)`,
    );
    const { leaks } = await search("flood");
    expect(leaks[0]?.place).toBe("flood: public.words.word");
    // Enough to refuse the copy; the rest need not be searched.
    expect(leaks[0]?.count).toBeGreaterThan(10_000);
    expect(leaks[0]?.count).toBeLessThan(9 * people);
  });

  it("finds letters beyond ASCII in databases of other encodings", async () => {
    const latin = "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0";
    const people = ["CREATE TABLE people (name text)", "INSERT INTO people VALUES ('Zoë Müller-Ångström')"];
    for (const server of [pair.production, pair.staging]) {
      await execute(server, "postgres", latin);
      await execute(server, "latin", ...people);
    }
    await using reader = await pair.production.connect("latin");
    await using session = await pair.staging.connect("latin");
    const plans = keepEverything(await readCatalog(reader)).map(withPersonal);
    const fingerprints = new Fingerprints({ expected: 1, allowed: [] });
    await collectFingerprints(fingerprints, [reader], plans);
    const search = new Search(fingerprints, [
      (finds) => proveInDatabases(finds, [{ database: "latin", readers: [reader], plans }]),
    ]);
    await scanDatabase(search, [session], "latin", plans);
    const { leaks } = await search.report();
    expect(leaks.map(({ place }) => place)).toEqual(["latin: public.people.name"]);
  });

  it("hashes as the server does", async () => {
    const text = fc.string({ unit: "binary", maxLength: 500 }).map((value) => value.replaceAll("\0", ""));
    const seed = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    await fc.assert(
      fc.asyncProperty(text, fc.oneof(seed, fc.constant(0n)), async (value, seed) => {
        const hasher = new Hasher(seed);
        const bytes = Buffer.from(value);
        hasher.hash(bytes, 0, bytes.length);
        const own = BigInt.asIntN(64, (BigInt(hasher.high) << 32n) | BigInt(hasher.low >>> 0));
        const [row] = await source.query(`SELECT hashtextextended($1::text COLLATE "C", $2::bigint)::text AS hash`, [
          value,
          seed.toString(),
        ]);
        expect(row).toEqual({ hash: own.toString() });
      }),
      { numRuns: 300 },
    );
  });

  it("makes values comparable as the server does", async () => {
    await using session = await pair.staging.connect("postgres");
    await session.query("CREATE TABLE public.raw (value text)");
    const parts = fc.constantFrom(
      ..."aZ9é王 \t\n+-()./@_'\\".split(""),
      "  ",
      "Anna",
      "0170",
      "1234567",
      "😀",
      "x".repeat(50),
    );
    const value = fc.oneof(
      fc.array(parts, { maxLength: 12 }).map((all) => all.join("")),
      fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")),
    );
    const [table] = (await readCatalog(session)).tables.filter(({ name }) => name === "raw");
    if (!table) throw new Error("no table");
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { maxLength: 50 }),
        fc.constantFrom("text" as const, "digits" as const),
        async (values, fingerprint) => {
          await session.query("TRUNCATE public.raw");
          await session.query("INSERT INTO public.raw SELECT unnest($1::text[])", [values]);
          const rows = await session.query<{ kind: string; form: string }>(
            formsSql(table, { path: "value", values: '"value"', fingerprint, constants: [] }),
          );
          const own = values
            .flatMap((raw) => formsOf(raw, fingerprint))
            .map(([kind, form]) => `${kind.charAt(0)} ${form}`);
          expect(rows.map(({ kind, form }) => `${kind} ${form}`).sort()).toEqual(own.sort());
        },
      ),
      { numRuns: 100 },
    );
  });

  it("seldom takes a stranger for a find", () => {
    let claims = 0;
    const hasher = new Hasher(fingerprints.seed);
    for (let tries = 0; tries < 1_000_000; tries++) {
      const bytes = randomBytes(8);
      hasher.hash(bytes, 0, bytes.length);
      if (fingerprints.has("text", hasher.high, hasher.low)) claims++;
    }
    expect(claims).toBeLessThan(10);
  });
});

function withPersonal(plan: TablePlan): TablePlan {
  return {
    ...plan,
    columns: plan.columns.map((one) => {
      const { name } = one.column;
      const fingerprint = personal[name];
      return fingerprint
        ? { ...one, personal: [{ path: name, values: `"${name}"`, fingerprint, constants: [] }] }
        : one;
    }),
  };
}

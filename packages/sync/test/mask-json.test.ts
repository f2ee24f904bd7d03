import { UserError } from "@understudy/core";
import type { Connection } from "@understudy/postgres";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileMask } from "../src/mask/compile.ts";
import { compileJson, type MaskedDocuments } from "../src/mask/json/compile-json.ts";
import { jsonPathsSql, jsonValuesSql } from "../src/mask/json/paths-sql.ts";
import type { PathRule } from "../src/policy/policy.ts";
import { isPathOf, type Json, maskByModel, personalByModel, unknownByModel } from "./support/mask-json-model.ts";
import { columnOf, context, type MaskServer, startMaskServer } from "./support/mask-server.ts";

const column = columnOf("profile", "jsonb", { base: "jsonb", category: "U" });

describe("masks of JSON documents", () => {
  let server: MaskServer;
  let session: Connection;

  beforeAll(async () => {
    server = await startMaskServer();
    session = await server.session("key");
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const each = async <Row>(sql: string, documents: readonly unknown[]) =>
    session.query<Row>(
      `SELECT ${sql} FROM unnest($1::jsonb[]) WITH ORDINALITY AS people(profile, place) ORDER BY place`,
      [documents.map((document) => JSON.stringify(document))],
    );

  const masked = async (document: unknown, paths: Readonly<Record<string, PathRule["rule"]>>) => {
    const { expression } = compileJson(column, rulesOf(paths), context);
    const [row] = await each<{ masked: unknown }>(`${expression} AS masked`, [document]);
    return row?.masked;
  };

  it("are what the rules mean, and know what the rules do not, whatever documents and rules there are", async () => {
    await fc.assert(
      fc.asyncProperty(
        someRules,
        fc.array(someDocument, { minLength: 20, maxLength: 20 }),
        async (rules, documents) => {
          const compiled = compiledUnlessRefused(rules);
          fc.pre(compiled !== undefined);
          const { unknownPath, expression, personal } = compiled as MaskedDocuments;
          const found = await each<{ unknown: string | null }>(`${unknownPath} AS unknown`, documents);
          for (const [index, { unknown }] of found.entries()) {
            const expected = unknownByModel(documents[index] as Json, rules);
            if (unknown === null) expect(expected).toEqual([]);
            else
              expect(
                expected.some((location) => isPathOf(unknown, location)),
                unknown,
              ).toBe(true);
          }
          const known = documents.filter((_, index) => found[index]?.unknown === null);
          const masked = await each<{ masked: Json }>(`${expression} AS masked`, known);
          expect(masked.map(({ masked }) => masked)).toEqual(known.map((document) => maskByModel(document, rules)));
          const values = [];
          for (const { values: sql } of personal)
            values.push(...(await each<{ value: string }>(`${sql} AS value`, known)));
          expect(new Set(values.map(({ value }) => value))).toEqual(
            new Set(known.flatMap((document) => personalByModel(document, rules))),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it("stop the query at a path that nobody knows", async () => {
    const document = { contact: { email: "anna@gmx.de", "fax nr": "1" }, age: 41 };
    const known = { "$.contact.email": mask("email"), "$.age": { kind: "keep" } } as const;
    await expect(masked(document, known)).rejects.toThrow(
      'understudy: public.people.profile: unknown JSON path $.contact."fax nr"',
    );
    expect(await masked(document, { ...known, '$.contact."fax nr"': { kind: "drop" } })).toEqual({
      contact: { email: "test@example.com" },
      age: 41,
    });
  });

  it("scrub every text, key and number of a document of any form", async () => {
    const nodes = [
      { name: "Mail", position: [240, 300], parameters: { to: "=anna@gmx.de, {{ $json.to }}", chat: 491512345678 } },
      { name: "Map", parameters: { "bob@gmx.de": { note: "call \u0007+49 151 2345678\nnow" } } },
    ];
    expect(await masked(nodes, { $: mask("text") })).toEqual([
      { name: "Mail", position: [240, 300], parameters: { to: "=test@example.com, {{ $json.to }}", chat: 5550123 } },
      { name: "Map", parameters: { "test@example.com": { note: "call \u0007555-0123\nnow" } } },
    ]);
  });

  it("scrub free text whatever its characters are, and find nothing more than is in it", async () => {
    const piece = fc.constantFrom(
      "a@b.de",
      "1234567",
      "+49 (0)",
      "\u0007",
      "\b",
      "\n",
      '"',
      "\\",
      "@",
      "%40",
      " ",
      "é",
      "u0007",
      "/",
    );
    const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 50, maxLength: 50 }), async (texts) => {
        const { expression } = compileMask(columnOf("value", "text"), mask("text"), context);
        const alone = await session.query<{ masked: string }>(
          `SELECT ${expression} AS masked FROM unnest($1::text[]) WITH ORDINALITY AS people(value, place) ORDER BY place`,
          [texts],
        );
        const { expression: inside } = compileJson(column, rulesOf({ $: mask("text") }), context);
        const documents = texts.map((text) => ({ text }));
        expect(await each(`${inside} AS masked`, documents)).toEqual(
          alone.map(({ masked }) => ({ masked: { text: masked } })),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("keep numbers numbers", async () => {
    const document = { salary: 52000.5, phone: 4915112345678, born: "1984-02-29", id: 4711 };
    const rules = {
      "$.salary": mask("number"),
      "$.phone": mask("phone"),
      "$.born": mask("date"),
      "$.id": mask("hash"),
    };
    const after = (await masked(document, rules)) as Record<keyof typeof document, unknown>;
    expect(Math.abs(Number(after.salary) - 52000.5)).toBeLessThanOrEqual(5200.1);
    expect(after).toMatchObject({
      salary: expect.any(Number),
      phone: 5550123,
      born: expect.stringMatching(/^198[345]-/),
    });
    expect(after.id).toMatch(/^[0-9a-z]{23}$/);
  });

  it("give the same text as in a column of text", async () => {
    const rule = { ...mask("email"), distinct: true };
    const { expression } = compileMask(columnOf("mail", "text"), rule, { ...context, distinct: true });
    const [row] = await session.query<{ masked: string }>(
      `SELECT ${expression} AS masked FROM (SELECT 'Anna@gmx.de') AS people(mail)`,
    );
    expect(await masked({ mails: ["Anna@gmx.de", ""] }, { "$.mails[*]": rule })).toEqual({ mails: [row?.masked, ""] });
  });

  it("leave NULL, and work for json", async () => {
    const json = columnOf("profile", "json", { base: "json", category: "U" });
    const { expression } = compileJson(json, rulesOf({ $: { kind: "null" } }), context);
    const rows = await session.query(
      `SELECT ${expression} AS masked, pg_typeof(${expression})::text AS type FROM (VALUES (NULL::json), ('{"a": 1}')) AS people(profile)`,
    );
    expect(rows).toEqual([
      { masked: null, type: "json" },
      { masked: null, type: "json" },
    ]);
  });

  it("list the paths that values have", async () => {
    await server.run(
      "CREATE TABLE public.documents (profile jsonb)",
      `INSERT INTO public.documents VALUES (NULL), ('{"a b": [{"x": 1}, {"x": "1", "y": []}]}'), ('{"a b": [{"x": 2}], "é": {"z": null}}')`,
    );
    const table = { schema: "public", name: "documents" };
    expect(await session.query(jsonPathsSql(column, table, 100))).toEqual([
      { path: '$."a b"[*].x', kind: "number", count: 2 },
      { path: '$."a b"[*].x', kind: "string", count: 1 },
      { path: '$."a b"[*].y', kind: "array", count: 1 },
      { path: "$.é.z", kind: "null", count: 1 },
    ]);
    const values = await session.query(
      `SELECT ${jsonValuesSql(column, '$."a b"[*].x')} AS value FROM public.documents`,
    );
    expect(values).toEqual([{ value: "1" }, { value: "1" }, { value: "2" }]);
  });
});

describe("rules by path", () => {
  const refusal = (paths: Readonly<Record<string, PathRule["rule"]>>) => {
    try {
      compileJson(column, rulesOf(paths), context);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      return (error as UserError).message;
    }
    return "accepted";
  };

  it("are refused by name where they contradict each other or cannot hold", () => {
    const drop = { kind: "drop" } as const;
    const keep = { kind: "keep" } as const;
    expect(refusal({ $: drop })).toBe("public.people.profile: $: a whole document cannot be dropped");
    expect(refusal({ "$.a": drop, "$.a.b": keep })).toBe(
      "public.people.profile: $.a: the policy says drop of it, and something of what is below it",
    );
    expect(refusal({ "$.a": keep, '$."a"': drop })).toBe(
      'public.people.profile: $."a" has two rules, the second at sanitize.yml:1',
    );
    expect(refusal({ "$.a": { ...mask("text"), distinct: true } })).toBe(
      "public.people.profile $.a: text: what is left of free text cannot stay distinct",
    );
  });
});

const keys = ["a", "email", "a b.c", 'ü"'];
const someKey = fc.constantFrom(...keys);

const { document: someDocument } = fc.letrec<{ document: Json; scalar: Json }>((tie) => ({
  document: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("scalar"),
    fc.array(tie("document"), { maxLength: 3 }),
    fc.dictionary(someKey, tie("document"), { maxKeys: 4, noNullPrototype: true }),
  ),
  scalar: fc.oneof(
    fc.constantFrom<Json>(null, true, false, "", 0, -1.5, 12345678),
    fc.string({ unit: someCharacter() }),
  ),
}));

/** Postgres takes no zero byte. */
function someCharacter() {
  return fc.constantFrom("a", "ß", '"', "\\", "\n", "\u0001", "😀", ",", "{", "1");
}

const someStep = fc.oneof(
  { weight: 4, arbitrary: someKey.map((key) => `.${/^[a-z]+$/.test(key) ? key : JSON.stringify(key)}`) },
  { weight: 1, arbitrary: fc.constant("[*]") },
  { weight: 1, arbitrary: fc.constant(".*") },
);
const somePath = fc.oneof(
  { weight: 4, arbitrary: fc.array(someStep, { maxLength: 3 }).map((steps) => `$${steps.join("")}`) },
  { weight: 1, arbitrary: someKey.map((key) => `**.${/^[a-z]+$/.test(key) ? key : JSON.stringify(key)}`) },
);
const someRule = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: "keep" } as const) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: "null" } as const, { kind: "drop" } as const) },
  {
    weight: 3,
    arbitrary: fc.constantFrom("one", "two", "three").map((value) => mask("fixed", { value })),
  },
);
const someRules = fc.uniqueArray(
  fc.record({ path: somePath, rule: someRule }).map((said): PathRule => ({ ...said, source: "sanitize.yml:1" })),
  { selector: ({ path }) => path, maxLength: 6 },
);

function mask(masker: string, options: Readonly<Record<string, unknown>> = {}) {
  return { kind: "mask", masker, distinct: false, person: undefined, options } as const;
}

function rulesOf(paths: Readonly<Record<string, PathRule["rule"]>>): PathRule[] {
  return Object.entries(paths).map(([path, rule]) => ({ path, rule, source: "sanitize.yml:1" }));
}

/** Undefined where the rules contradict each other. */
function compiledUnlessRefused(rules: readonly PathRule[]): MaskedDocuments | undefined {
  try {
    return compileJson(column, rules, context);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return undefined;
  }
}

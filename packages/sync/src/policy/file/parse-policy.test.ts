import { UserError } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { parsePolicy } from "./parse-policy.ts";

const refusal = (text: string): string => {
  try {
    parsePolicy(text, "sanitize.yml");
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
};

/** The columns of one table, each with its rule. */
const columns = (text: string) => {
  const { databases } = parsePolicy(
    `databases:\n  app:\n    tables:\n      public.people:\n        columns:\n${text}`,
    "sanitize.yml",
  );
  return databases.app?.tables["public.people"]?.columns;
};

describe("a policy file", () => {
  it("says what happens to each column, with its line", () => {
    expect(
      columns(`
          id: keep
          mail: email
          name: { mask: full-name, distinct: true }
          born: { mask: date, person: id, days: 30 }
          note: null
          fax:
          search: { derive: "to_tsvector('simple', name)" }
          profile: { json: { "$.mail": email, "**.phone": { mask: phone, distinct: true }, $.secret: drop, $.rest: keep } }
`),
    ).toEqual({
      id: { source: "sanitize.yml:7", kind: "keep" },
      mail: { source: "sanitize.yml:8", kind: "mask", masker: "email", distinct: false, options: {} },
      name: { source: "sanitize.yml:9", kind: "mask", masker: "full-name", distinct: true, options: {} },
      born: {
        source: "sanitize.yml:10",
        kind: "mask",
        masker: "date",
        distinct: false,
        person: "id",
        options: { days: 30 },
      },
      note: { source: "sanitize.yml:11", kind: "null" },
      fax: { source: "sanitize.yml:12", kind: "null" },
      search: { source: "sanitize.yml:13", kind: "derive", sql: "to_tsvector('simple', name)" },
      profile: {
        source: "sanitize.yml:14",
        kind: "json",
        paths: [
          { source: "sanitize.yml:14", path: "$.mail", rule: expect.objectContaining({ masker: "email" }) },
          { source: "sanitize.yml:14", path: "**.phone", rule: expect.objectContaining({ distinct: true }) },
          { source: "sanitize.yml:14", path: "$.secret", rule: { kind: "drop" } },
          { source: "sanitize.yml:14", path: "$.rest", rule: { kind: "keep" } },
        ],
      },
    });
  });

  it("says what happens to tables, graphs, files and n8n", () => {
    const policy = parsePolicy(
      `
databases:
  app:
    tables:
      public.log: drop
      public.recent: { where: "at > now() - interval '1 year'", columns: {} }
    largeObjects: drop
neo4j:
  nodes: { Person: { mail: { mask: email, distinct: true }, id: keep } }
volumes:
  n8n-data: [{ keep: "*.txt" }, { exclude: "**" }]
n8n: { executions: keep }
allowedValues: [support@example.org]
`,
      "sanitize.yml",
    );
    expect(policy.databases.app).toEqual({
      largeObjects: "drop",
      tables: {
        "public.log": { source: "sanitize.yml:5", rows: "drop", where: undefined, columns: {} },
        "public.recent": {
          source: "sanitize.yml:6",
          rows: "copy",
          where: "at > now() - interval '1 year'",
          columns: {},
        },
      },
    });
    expect(policy.neo4j?.nodes.Person?.mail).toMatchObject({ kind: "mask", masker: "email", distinct: true });
    expect(policy.neo4j?.relationships).toEqual({});
    expect(policy.volumes["n8n-data"]).toEqual([
      { source: "sanitize.yml:11", action: "keep", pattern: "*.txt" },
      { source: "sanitize.yml:11", action: "exclude", pattern: "**" },
    ]);
    expect(policy).toMatchObject({ n8n: { executions: "keep" }, allowedValues: ["support@example.org"] });
  });

  it.each(["", "# nothing yet\n"])("may be empty: %j", (text) => {
    expect(parsePolicy(text, "sanitize.yml").databases).toEqual({});
  });

  const people = (rule: string) =>
    `databases:\n  app:\n    tables:\n      public.people:\n        columns:\n          mail: ${rule}\n`;
  it.each([
    [
      people("emial"),
      'sanitize.yml:6: databases.app.tables.public.people.columns.mail: "emial": there are keep, null, ',
    ],
    [
      people("{ mask: emial }"),
      'sanitize.yml:6: databases.app.tables.public.people.columns.mail.mask: "emial": there are ',
    ],
    [
      people("{ mask: email, unique: true }"),
      ".mail.unique: true: is no option of email; there are mask, distinct, person",
    ],
    [people("{ mask: date, days: many }"), '.mail.days: "many": Invalid input: expected number'],
    [people("{ mask: email, distinct: yes }"), '.mail.distinct: "yes": must be true or false'],
    [people("{ mask: date, person: 5 }"), ".mail.person: 5: must be the name of the column"],
    [people("{ json: [1] }"), ".mail.json: [1]: must have a rule by path"],
    [people("{ json: { $.a: emial } }"), '.mail.json.$.a: "emial": there are keep, null, drop, '],
    [people('{ json: { "contact": email } }'), '.mail.json.contact: "email": "contact" is no JSON path'],
    [people("{ json: {}, mask: email }"), '.mail.mask: "email": cannot stand beside json'],
    [people('{ derive: "" }'), '.mail.derive: "": must be SQL'],
    [people("5"), ".mail: 5: there are keep, null, "],
    [people("drop"), '.mail: "drop": there are keep, null, '],
    [
      "databases:\n  app:\n    tables:\n      people: drop\n",
      'sanitize.yml:4: databases.app.tables.people: "drop": must be "schema.table"',
    ],
    [
      "databases:\n  app:\n    tables:\n      public.people: keep\n",
      'sanitize.yml:4: databases.app.tables.public.people: "keep": ',
    ],
    [
      "databases:\n  app:\n    tables:\n      public.*: { columns: {} }\n",
      "a name with * can only be for tables whose rows are left out: drop",
    ],
    [
      "databases:\n  app:\n    tables:\n      public.people:\n        columns: {}\n        wehre: x\n",
      'sanitize.yml:6: databases.app.tables.public.people.wehre: "x": is not a field here; there are where, columns',
    ],
    [
      "volumes:\n  n8n-data:\n    - drop: x\n",
      'sanitize.yml:3: volumes.n8n-data.0: {"drop":"x"}: must be { keep: "pattern" } or { exclude: "pattern" }',
    ],
    [
      "n8n:\n  credentials: copy\n",
      'sanitize.yml:2: n8n.credentials: "copy": Invalid option: expected one of "stub"|"re-encrypt"',
    ],
    ["database: {}\n", "sanitize.yml:1: database: {}: is not a field here; there are databases, neo4j"],
    ["databases: [\n", "sanitize.yml:"],
    ["databases: {}\ndatabases: {}\n", "sanitize.yml:2: Map keys must be unique"],
  ])("%j is refused with file, line and field", (text, message) => {
    expect(refusal(text)).toContain(message);
  });
});

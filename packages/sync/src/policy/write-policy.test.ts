import { describe, expect, it } from "vitest";
import { parsePolicy } from "./file/parse-policy.ts";
import { masked } from "./propose/masks.ts";
import type { Proposal } from "./propose/proposal.ts";
import { additionsOf, additionsOfGraph, addRules } from "./write-policy.ts";

const at = (
  table: string | undefined,
  column: string | undefined,
  path: string | undefined,
  rule: Proposal["rule"],
) => ({
  ...{ table, column, path, rule },
  because: "",
});

const proposals: Proposal[] = [
  at("public.people", "id", undefined, { kind: "keep" }),
  at("public.people", "born", undefined, { ...masked("date"), person: "id" }),
  at("public.people", "pin", undefined, { kind: "null" }),
  at("public.people", "note", undefined, { ...masked("text"), options: { names: ["public.people.name"] } }),
  at("public.people", "odd: one", undefined, masked("hash", true)),
  at("public.people", "profile", "$.mail", masked("email")),
  at("public.people", "profile", "$.items[*].x", { kind: "keep" }),
  at("public.people", "empty", undefined, { kind: "documents" }),
  at("public.people", "lost", undefined, undefined),
  at("public.sessions", undefined, undefined, { kind: "drop" }),
  at("public.bare", undefined, undefined, { kind: "columns" }),
  at(undefined, undefined, undefined, { kind: "drop" }),
];

const additions = [
  ...additionsOf("app", proposals),
  ...additionsOfGraph([
    { element: "node", name: "Person", property: "mail", rule: masked("email"), because: "" },
    { element: "relationship", name: "KNOWS", property: undefined, rule: { kind: "properties" }, because: "" },
  ]),
];

describe("proposals", () => {
  it("are written as people write them", () => {
    const { text, count } = addRules("", additions);
    expect(count).toBe(13);
    expect(text).toMatch(/^# What happens to each table/);
    expect(text.replaceAll(/^#.*\n/gm, "").trimStart()).toBe(`databases:
  app:
    tables:
      public.people:
        columns:
          id: keep
          born: { mask: date, person: id }
          pin: null
          note: { mask: text, names: [ public.people.name ] }
          "odd: one": { mask: hash, distinct: true }
          profile:
            json:
              $.mail: email
              $.items[*].x: keep
          empty: { json: {} }
      public.sessions: drop
      public.bare: { columns: {} }
    largeObjects: drop
neo4j:
  nodes:
    Person:
      mail: email
  relationships:
    KNOWS: {}
`);
  });

  it("are understood as they are written, and then nothing is left to add", () => {
    const { text } = addRules("", additions);
    const { databases } = parsePolicy(text, "sanitize.yml");
    expect(databases.app?.tables["public.people"]?.columns.born).toMatchObject({ masker: "date", person: "id" });
    expect(addRules(text, additions)).toEqual({ text, count: 0 });
  });

  it("leave alone what is there, comments included", () => {
    const before = `# Ours.
databases:
  app:
    tables:
      # People.
      public.people:
        columns:
          id: hash # on purpose
          profile: { json: { $.mail: keep } }
n8n:
  executions: keep
`;
    const { text } = addRules(before, additions);
    expect(text).toContain("# Ours.\n");
    expect(text).toContain("      # People.\n");
    expect(text).toContain("id: hash # on purpose\n");
    const { databases, n8n } = parsePolicy(text, "sanitize.yml");
    expect(n8n).toEqual({ executions: "keep" });
    const columns = databases.app?.tables["public.people"]?.columns;
    expect(columns?.id).toMatchObject({ masker: "hash" });
    expect(columns?.profile).toMatchObject({
      paths: [{ path: "$.mail", rule: { kind: "keep" } }, { path: "$.items[*].x" }],
    });
  });
});

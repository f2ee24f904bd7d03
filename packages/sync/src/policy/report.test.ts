import { describe, expect, it } from "vitest";
import type { LackOfDatabase, LackOfGraph } from "./lacks-of.ts";
import { masked } from "./propose/masks.ts";
import { isDecided, jsonPolicy, showPolicy } from "./report.ts";

const lack: LackOfDatabase = {
  name: "app",
  proposals: [
    {
      table: "public.people",
      column: "mail",
      path: undefined,
      rule: masked("email", true),
      because: "its name says email",
    },
    { table: "public.people", column: "profile", path: "$.note", rule: { kind: "null" }, because: "so" },
    { table: "public.people", column: "odd", path: undefined, rule: undefined, because: "nobody knows" },
    { table: undefined, column: undefined, path: undefined, rule: { kind: "drop" }, because: "they are bytes" },
  ],
  refused: [{ message: "public.people.id: is NOT NULL", next: "Say keep" }],
  notes: ["sanitize.yml:3: there is no table public.peple"],
};
const nothing: LackOfDatabase = { name: "n8n", proposals: [], refused: [], notes: [] };
const graph: LackOfGraph = {
  proposals: [
    { element: "node", name: "Person", property: "mail", rule: masked("email"), because: "its name says email" },
    { element: "relationship", name: "KNOWS", property: undefined, rule: { kind: "properties" }, because: "bare" },
  ],
  refused: [],
};
const lacks = { databases: [lack, nothing], graph };
const none = { databases: [nothing], graph: undefined };
const report = { environment: "production", file: "sanitize.yml", written: [], lacks };

describe("the report on a policy", () => {
  it("shows what is proposed, why, and what to do next", () => {
    const text = showPolicy(report);
    expect(text).toContain("public.people.mail");
    expect(text).toContain("{ mask: email, distinct: true }");
    expect(text).toMatch(/public\.people\.profile \$\.note .* null .* so/);
    expect(text).toMatch(/public\.people\.odd .* say it yourself .* nobody knows/);
    expect(text).toContain("large objects");
    expect(text).toMatch(/neo4j .* :Person\.mail .* email/);
    expect(text).toMatch(/neo4j .* \[:KNOWS\] .* \{\} .* bare/);
    expect(text).toContain("app: sanitize.yml:3: there is no table public.peple\n");
    expect(text).toContain("app: cannot hold: public.people.id: is NOT NULL. Say keep\n");
    expect(text).toContain("Without a rule: 6. Write the proposals to sanitize.yml: pnpm sync:policy --accept");
  });

  it("says when all is decided, and when only a person can", () => {
    expect(showPolicy({ ...report, lacks: none })).toBe("The policy knows all that production has\n");
    const only = { ...lack, proposals: lack.proposals.filter(({ rule }) => !rule) };
    expect(showPolicy({ ...report, lacks: { ...none, databases: [only] } })).toContain(
      "Need a rule that only you can say: 1.",
    );
    expect(showPolicy({ ...report, written: [lacks], lacks: none })).toMatch(/^Written to sanitize\.yml:\n/);
    const refused = { ...none, databases: [{ ...lack, proposals: [] }] };
    expect([isDecided(none), isDecided(lacks), isDecided(refused)]).toEqual([true, false, false]);
  });

  it("is JSON on request", () => {
    expect(jsonPolicy(report)).toMatchObject({
      environment: "production",
      decided: false,
      databases: [
        {
          name: "app",
          proposals: [
            {
              called: "app public.people.mail",
              table: "public.people",
              column: "mail",
              path: null,
              rule: { mask: "email", distinct: true },
            },
            { path: "$.note", rule: "null" },
            { column: "odd", rule: null },
            { table: null, column: null, rule: "drop" },
          ],
          refused: lack.refused,
          notes: lack.notes,
        },
        { name: "n8n", proposals: [] },
      ],
      graph: {
        proposals: [
          { called: "neo4j :Person.mail", element: "node", name: "Person", property: "mail", rule: "email" },
          { called: "neo4j [:KNOWS]", property: null, rule: {} },
        ],
      },
    });
  });
});

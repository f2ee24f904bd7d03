import { describe, expect, it } from "vitest";
import type { LackOfDatabase } from "./lacks-of.ts";
import { onlyNamed } from "./only-named.ts";
import { masked } from "./propose/masks.ts";

const at = (table: string | undefined, column: string | undefined, path?: string) => ({ table, column, path });
const app: LackOfDatabase = {
  name: "app",
  proposals: [
    { ...at("public.people", "mail"), rule: masked("email"), because: "" },
    { ...at("public.people", "profile", "$.note"), rule: { kind: "null" }, because: "" },
    { ...at("public.people", "odd"), rule: undefined, because: "" },
    { ...at(undefined, undefined), rule: { kind: "drop" }, because: "" },
  ],
  refused: [],
  notes: [],
};
const other: LackOfDatabase = { ...app, name: "other" };
const graph = {
  proposals: [
    { element: "node", name: "Person", property: "mail", rule: masked("email"), because: "" },
    { element: "relationship", name: "KNOWS", property: undefined, rule: { kind: "properties" }, because: "" },
  ],
  refused: [],
} as const;
const lacks = { databases: [app, other], graph };

describe("proposals by name", () => {
  it("are those of that database, table, column and path, and no others", () => {
    const names = [
      "app public.people.mail",
      "other public.people.profile $.note",
      "neo4j [:KNOWS]",
      "app large objects",
    ];
    const chosen = onlyNamed(lacks, names);
    expect(chosen.databases.map(({ proposals }) => proposals.map(({ column, path }) => [column, path]))).toEqual([
      [
        ["mail", undefined],
        [undefined, undefined],
      ],
      [["profile", "$.note"]],
    ]);
    expect(chosen.graph?.proposals.map(({ name }) => name)).toEqual(["KNOWS"]);
  });

  it("are refused whole when one is not proposed, or has no rule", () => {
    expect(() => onlyNamed(lacks, ["app public.people.mail", "app public.people.nail"])).toThrow(
      'Nothing is proposed for "app public.people.nail"',
    );
    expect(() => onlyNamed(lacks, ["app public.people.odd"])).toThrow("Only you can say the rule");
    expect(() => onlyNamed({ ...lacks, graph: undefined }, ["neo4j :Person.mail"])).toThrow("Nothing is proposed");
  });
});

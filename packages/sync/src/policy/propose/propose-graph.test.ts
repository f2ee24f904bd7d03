import { describe, expect, it } from "vitest";
import { unknownIn } from "../../neo4j/graph-plan.ts";
import type { ShapeKind } from "../../neo4j/shape.ts";
import { parsePolicy } from "../file/parse-policy.ts";
import { additionsOfGraph, addRules, asWritten } from "../write-policy.ts";
import { proposeGraph } from "./propose-graph.ts";

const node = (names: readonly string[], properties: Readonly<Record<string, string>>): ShapeKind => ({
  ...{ element: "node" as const, names, count: 1 },
  properties: Object.entries(properties).map(([name, types]) => ({ name, types: types.split("|") })),
});

const shape = {
  kinds: [
    node(["Customer", "Person"], { email: "String", vip: "Boolean", tier: "String" }),
    node(["Person"], {
      id: "Long",
      email: "String",
      born: "Date",
      since: "Date",
      phones: "StringArray",
      odd: "Long|String",
      at: "Point",
    }),
    node([], { ssn: "Long" }),
    node(["Bare"], {}),
    { ...node(["KNOWS"], { note: "String" }), element: "relationship" as const },
  ],
};

describe("proposals for a graph", () => {
  it("go by name and type, a label at a time", () => {
    const said = proposeGraph(undefined, shape).map(({ name, property, rule }) => [
      [name, property].join("."),
      asWritten(rule),
    ]);
    expect(Object.fromEntries(said)).toEqual({
      "(no label).ssn": { mask: "number", distinct: true },
      "Person.id": "keep",
      "Person.email": "email",
      "Person.born": "date",
      "Person.since": "keep",
      "Person.phones": "phone",
      "Person.odd": null,
      "Person.at": null,
      "Customer.vip": "keep",
      "Customer.tier": "keep",
      "Bare.": {},
      "KNOWS.note": "text",
    });
  });

  it("make a policy that knows all of it, and then there are none", () => {
    const { text } = addRules("", additionsOfGraph(proposeGraph(undefined, shape)));
    const { neo4j } = parsePolicy(text, "sanitize.yml");
    expect(unknownIn(neo4j, shape)).toEqual([]);
    expect(proposeGraph(neo4j, shape)).toEqual([]);
  });

  it("are only for what is not said", () => {
    const { neo4j } = parsePolicy("neo4j: { nodes: { Person: { email: keep } } }", "sanitize.yml");
    const names = proposeGraph(neo4j, shape).map(({ name, property }) => [name, property].join("."));
    expect(names).not.toContain("Person.email");
    expect(names).not.toContain("Customer.email");
    expect(names).toContain("Customer.vip");
  });
});

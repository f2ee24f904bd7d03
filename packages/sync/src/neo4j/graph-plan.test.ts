import { describe, expect, it } from "vitest";
import type { GraphPolicy, MaskRule, PropertyRule } from "../policy/policy.ts";
import { decide } from "./decide.ts";
import { planGraph } from "./graph-plan.ts";
import type { Kind } from "./kind.ts";
import type { SchemaRule } from "./schema.ts";
import type { GraphShape, ShapeKind } from "./shape.ts";

const keep: PropertyRule = { source: "s:1", kind: "keep" };
const empty: PropertyRule = { source: "s:2", kind: "null" };
const mask = (masker: string, more: Partial<MaskRule> & { source?: string } = {}): PropertyRule => ({
  source: "s:3",
  kind: "mask",
  masker,
  distinct: false,
  person: undefined,
  options: {},
  ...more,
});
const node = (...names: string[]): Kind => ({ element: "node", names });

function kind(of: Kind, properties: Readonly<Record<string, readonly string[]>>, count = 1): ShapeKind {
  return { ...of, count, properties: Object.entries(properties).map(([name, types]) => ({ name, types })) };
}

function unique(...properties: string[]): SchemaRule {
  const [what, type, element, createStatement] = ["constraint", "UNIQUENESS", "node", ""] as const;
  return { name: "u", what, type, element, labelsOrTypes: ["Person"], properties, createStatement };
}

describe("what is decided of a property", () => {
  const nodes = (rules: GraphPolicy["nodes"]): GraphPolicy => ({ nodes: rules, relationships: {} });

  it("follows every label: null before masks, masks before keep", () => {
    const policy = nodes({
      A: { a: keep, b: keep, c: mask("email") },
      B: { a: mask("email"), b: empty, c: empty },
      C: {},
    });
    const of = (...names: string[]) => ["a", "b", "c"].map((name) => decide(policy, [], node(...names), name)?.action);
    expect(of("A")).toEqual(["keep", "keep", "mask"]);
    expect(of("A", "B")).toEqual(["mask", "null", "null"]);
    expect(of("A", "C")).toEqual(["keep", "keep", "mask"]);
    expect(of("C")).toEqual([undefined, undefined, undefined]);
    expect(of("A", "Other")).toEqual([undefined, undefined, undefined]);
  });

  it("is distinct under a constraint, or where one label says so", () => {
    const policy = nodes({ Person: { email: mask("email") }, Vip: { email: mask("email", { distinct: true }) } });
    const distinct = (schema: SchemaRule[], ...names: string[]) => {
      const decision = decide(policy, schema, node(...names), "email");
      return decision?.action === "mask" && decision.rule.distinct;
    };
    expect(distinct([], "Person")).toBe(false);
    expect(distinct([unique("id", "email")], "Person")).toBe(true);
    expect(distinct([unique("other")], "Person")).toBe(false);
    expect(distinct([], "Person", "Vip")).toBe(true);
  });

  it("does not take a property of Object for a rule", () => {
    expect(decide(nodes({ A: {} }), [], node("A"), "constructor")).toBeUndefined();
    expect(decide(nodes({}), [], node("toString"), "a")).toBeUndefined();
  });
});

describe("the plan of a graph", () => {
  const shape: GraphShape = {
    kinds: [
      kind(node(), { loose: ["String"] }),
      kind(node("Person"), { email: ["String"], age: ["Long", "String"] }, 3),
      kind({ element: "relationship", names: ["KNOWS"] }, { since: ["Date"] }),
    ],
  };

  it("lists all that the policy does not know, at once", () => {
    expect(() => planGraph(undefined, shape, [])).toThrow(
      "Neo4j holds what the policy does not know: (no label), :Person, [:KNOWS], (no label).loose (String), " +
        ":Person.email (String), :Person.age (Long or String), [:KNOWS].since (Date)",
    );
  });

  it("refuses masks that cannot hold, all at once", () => {
    const policy: GraphPolicy = {
      nodes: {
        "(no label)": { loose: mask("email") },
        Person: { email: mask("email"), age: mask("email", { source: "s:7" }) },
      },
      relationships: { KNOWS: { since: mask("number", { source: "s:9" }) } },
    };
    const refused = [
      "s:7: :Person.age is a Long, which email does not mask (it masks String); write null or keep",
      "s:9: [:KNOWS].since is a Date, which number does not mask (it masks String, Long, Double); write null or keep",
    ];
    expect(() => planGraph(policy, shape, [])).toThrow(`The policy cannot hold for Neo4j: ${refused.join("; ")}`);
  });

  it("refuses a mask that cannot be distinct", () => {
    const policy: GraphPolicy = { nodes: { Person: { note: mask("text") } }, relationships: {} };
    const notes = { kinds: [kind(node("Person"), { note: ["String"] })] };
    expect(planGraph(policy, notes, []).elements).toBe(1);
    expect(() => planGraph(policy, notes, [unique("note")])).toThrow(/s:3: :Person\.note: .*distinct/);
  });

  it("refuses labels that say different masks", () => {
    const policy: GraphPolicy = {
      nodes: { A: { x: mask("email") }, B: { x: mask("phone", { source: "s:4" }) } },
      relationships: {},
    };
    const both = { kinds: [kind(node("A", "B"), { x: ["String"] })] };
    expect(() => planGraph(policy, both, [])).toThrow(":A:B.x: s:3 and s:4 say different masks");
  });

  it("says what happens to what, and why", () => {
    const policy: GraphPolicy = {
      nodes: { "(no label)": { loose: empty }, Person: { email: mask("email"), age: mask("number") } },
      relationships: { KNOWS: { since: keep } },
    };
    const plain = {
      kinds: shape.kinds.map((one) => ({ ...one, properties: one.properties.filter(({ name }) => name !== "age") })),
    };
    const { kinds, elements } = planGraph(policy, plain, [unique("email")]);
    expect(elements).toBe(5);
    expect(
      kinds.flatMap(({ properties }) => properties.map(({ name, how, because }) => `${name}: ${how} (${because})`)),
    ).toEqual(["loose: null (s:2)", "email: email, distinct (s:3)", "since: keep (s:1)"]);
  });
});

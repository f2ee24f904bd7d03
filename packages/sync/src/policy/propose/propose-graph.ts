import { decide, rulesFor } from "../../neo4j/decide.ts";
import { type Kind, policyNames } from "../../neo4j/kind.ts";
import { maskedAs } from "../../neo4j/masked-types.ts";
import type { GraphShape, ShapeProperty } from "../../neo4j/shape.ts";
import type { GraphPolicy } from "../policy.ts";
import { noEvidence } from "./evidence.ts";
import { masked } from "./masks.ts";
import type { GraphProposal, ValueRule } from "./proposal.ts";
import { type ProposedValue, proposeText } from "./propose-value.ts";
import { saidBy } from "./subject-of-column.ts";
import { subjectOf } from "./subjects.ts";

/** A rule for every label, type and property of a graph that the policy does not know, by name and type: values are not looked at. */
export function proposeGraph(policy: GraphPolicy | undefined, { kinds }: GraphShape): GraphProposal[] {
  const proposals = new Map<string, GraphProposal>();
  const add = (proposal: GraphProposal) =>
    proposals.set(JSON.stringify([proposal.element, proposal.name, proposal.property]), proposal);
  // What is said of a label holds for nodes that have others too.
  for (const kind of kinds.toSorted((a, b) => a.names.length - b.names.length)) {
    const [first = "", ...others] = policyNames(kind);
    const known = (name: string, property?: string) => proposals.has(JSON.stringify([kind.element, name, property]));
    for (const property of kind.properties) {
      const said = [first, ...others].some(
        (name) => known(name, property.name) || isSaid(policy, kind, name, property.name),
      );
      if (!said) add({ element: kind.element, name: first, property: property.name, ...proposeProperty(property) });
    }
    for (const name of [first, ...others]) {
      const begun = [...proposals.values()].some((one) => one.element === kind.element && one.name === name);
      if (begun || Object.hasOwn(rulesFor(policy, kind), name)) continue;
      add({
        element: kind.element,
        name,
        property: undefined,
        rule: { kind: "properties" },
        because: "it has no properties of its own",
      });
    }
  }
  return [...proposals.values()];
}

function isSaid(policy: GraphPolicy | undefined, { element }: Kind, name: string, property: string): boolean {
  return decide(policy, [], { element, names: [name] }, property) !== undefined;
}

function proposeProperty({ name, types }: ShapeProperty): { rule: ValueRule; because: string } {
  const { rules, because } = proposeByType(name, types);
  const fits = (rule: ValueRule) => rule.kind !== "mask" || types.every((type) => maskedAs(type, rule.masker));
  return { rule: rules.find(fits) ?? { kind: "null" }, because };
}

function proposeByType(name: string, types: readonly string[]): ProposedValue {
  const said = saidBy("its name", subjectOf(name));
  const single = new Set(types.map((type) => type.replace(/Array$/, "")));
  const only = (...known: string[]) => [...single].every((type) => known.includes(type));
  if (only("Boolean")) return keep("yes or no says little of itself");
  if (only("Date", "DateTime", "LocalDateTime", "Time", "LocalTime", "Duration")) {
    return said?.subject === "birth date"
      ? { rules: [masked("date")], because: said.because }
      : keep("a time, and not one of birth");
  }
  if (only("Long", "Double")) {
    const { rules, because } = proposeText(said, noEvidence, false);
    const personal = said && rules[0]?.kind !== "keep" && said.subject !== "name of something";
    return personal ? { rules: [masked("number", true)], because } : keep("a number that looks like nothing personal");
  }
  if (only("String")) return proposeText(said, noEvidence, false);
  return { rules: [], because: `of ${types.join(" or ")} we know nothing` };
}

function keep(because: string): ProposedValue {
  return { rules: [{ kind: "keep" }], because };
}

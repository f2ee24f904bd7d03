import { isDeepStrictEqual } from "node:util";
import type { GraphPolicy, MaskRule, PropertyRule } from "../policy/policy.ts";
import { type Kind, policyNames } from "./kind.ts";
import { isUnique, type SchemaRule } from "./schema.ts";

/** What happens to a property of one kind of elements. */
export type Decision =
  | { readonly action: "keep" | "null"; readonly because: string }
  | { readonly action: "mask"; readonly rule: MaskRule; readonly because: string }
  /** Labels of the kind say different masks. */
  | { readonly action: "conflict"; readonly because: string };

/**
 * Which rule holds for a property. Of a node with several labels each may say something: null wins over masks, masks win
 * over keep. What a constraint holds unique is masked distinctly.
 * @returns undefined for what the policy does not know: the property, or one of the labels.
 */
export function decide(
  policy: GraphPolicy | undefined,
  schema: readonly SchemaRule[],
  kind: Kind,
  property: string,
): Decision | undefined {
  const known = rulesFor(policy, kind);
  if (!policyNames(kind).every((name) => Object.hasOwn(known, name))) return undefined;
  const said = policyNames(kind).flatMap((name) => own(known[name], property));
  const nulled = said.find(({ kind }) => kind === "null");
  if (nulled) return { action: "null", because: nulled.source };
  const [mask, ...others] = said.filter((rule) => rule.kind === "mask");
  if (!mask) return said[0] && { action: "keep", because: said[0].source };
  const because = [...new Set([mask, ...others].map(({ source }) => source))].join(" and ");
  if (others.some((other) => !isDeepStrictEqual(maskOf(other), maskOf(mask)))) return { action: "conflict", because };
  const unique = schema.some(
    (one) =>
      isUnique(one) &&
      one.element === kind.element &&
      one.properties.includes(property) &&
      one.labelsOrTypes.some((name) => kind.names.includes(name)),
  );
  const distinct = unique || [mask, ...others].some((rule) => rule.distinct);
  return { action: "mask", rule: { ...maskOf(mask), distinct }, because };
}

/** The part of a policy that is about a kind's sort of elements, by label or type. */
export function rulesFor(policy: GraphPolicy | undefined, { element }: Kind): GraphPolicy["nodes"] {
  return (element === "node" ? policy?.nodes : policy?.relationships) ?? {};
}

function own(rules: Readonly<Record<string, PropertyRule>> | undefined, property: string): PropertyRule[] {
  const rule = rules && Object.hasOwn(rules, property) ? rules[property] : undefined;
  return rule ? [rule] : [];
}

function maskOf({ masker, person, options }: MaskRule): Omit<MaskRule, "distinct"> {
  return { kind: "mask", masker, person, options };
}

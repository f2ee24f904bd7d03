import { UserError } from "@understudy/core";
import { compileValue } from "../mask/compile.ts";
import type { GraphPolicy, MaskRule } from "../policy/policy.ts";
import { type Decision, decide, rulesFor } from "./decide.ts";
import { type Kind, kindName, noLabel, placeName, policyNames } from "./kind.ts";
import type { MaskRequest } from "./mask-request.ts";
import { maskableTypes, maskedAs } from "./masked-types.ts";
import type { SchemaRule } from "./schema.ts";
import type { GraphShape } from "./shape.ts";

/** What happens to each kind of node and relationship of a graph. */
export interface GraphPlan {
  readonly kinds: readonly KindPlan[];
  readonly schema: readonly SchemaRule[];
  /** How many nodes and relationships there are. */
  readonly elements: number;
}

export interface KindPlan {
  readonly kind: Kind;
  readonly count: number;
  readonly properties: readonly PropertyPlan[];
}

export interface PropertyPlan {
  readonly name: string;
  readonly types: readonly string[];
  readonly action: Decision["action"];
  /** For people: `keep`, `email, distinct`. */
  readonly how: string;
  /** Where it is written: `sanitize.yml:12`. */
  readonly because: string;
}

/**
 * Decide all that a graph holds. Fails closed.
 * @throws UserError listing every label, type and property that the policy does not know; or every one whose rule cannot hold.
 */
export function planGraph(
  policy: GraphPolicy | undefined,
  shape: GraphShape,
  schema: readonly SchemaRule[],
): GraphPlan {
  const unknown = unknownIn(policy, shape);
  if (unknown.length) {
    throw new UserError(`Neo4j holds what the policy does not know: ${unknown.join(", ")}`, {
      next: "See what is proposed with pnpm sync:policy, and write it with pnpm sync:policy --accept",
    });
  }
  const elements = shape.kinds.reduce((sum, { count }) => sum + count, 0);
  const refused: string[] = [];
  const kinds = shape.kinds.map((kind): KindPlan => {
    const properties = kind.properties.map((property): PropertyPlan => {
      const decision = decide(policy, schema, kind, property.name);
      if (decision === undefined) throw new Error(`${placeName(kind, property.name)} is undecided`);
      refused.push(...refusals(decision, placeName(kind, property.name), property.types, elements));
      return { ...property, action: decision.action, how: howOf(decision), because: decision.because };
    });
    return { kind: { element: kind.element, names: kind.names }, count: kind.count, properties };
  });
  if (refused.length) throw new UserError(`The policy cannot hold for Neo4j: ${refused.join("; ")}`);
  return { kinds, schema, elements };
}

/** What a policy does not know of a graph, for people: labels, types, and properties with their types. */
export function unknownIn(policy: GraphPolicy | undefined, shape: GraphShape): string[] {
  const names = shape.kinds.flatMap((kind) =>
    policyNames(kind)
      .filter((name) => !Object.hasOwn(rulesFor(policy, kind), name))
      .map((name) => kindName({ ...kind, names: name === noLabel ? [] : [name] })),
  );
  const properties = shape.kinds.flatMap((kind) =>
    kind.properties
      .filter(({ name }) => !decide(policy, [], kind, name))
      .map(({ name, types }) => `${placeName(kind, name)} (${types.join(" or ")})`),
  );
  return [...new Set([...names, ...properties])];
}

/** Why a decision cannot hold. */
function refusals(decision: Decision, place: string, types: readonly string[], rows: number): string[] {
  if (decision.action === "conflict") return [`${place}: ${decision.because} say different masks`];
  if (decision.action !== "mask") return [];
  const { rule, because } = decision;
  return types.flatMap((type) => {
    const sqlType = maskedAs(type, rule.masker);
    if (!sqlType) {
      const { masker } = rule;
      return `${because}: ${place} is a ${type}, which ${masker} does not mask (it masks ${maskableTypes(masker)}); write null or keep`;
    }
    return whyNotMasked(rule, sqlType, rows).map((why) => `${because}: ${place}: ${why}`);
  });
}

function whyNotMasked(rule: MaskRule, type: MaskRequest["type"], rows: number): string[] {
  const { distinct, person } = rule;
  try {
    compileValue("value", type, rule, { table: "Neo4j", rows, distinct, person, names: undefined });
    return [];
  } catch (error) {
    if (error instanceof UserError) return [error.message];
    throw error;
  }
}

function howOf(decision: Decision): string {
  return decision.action === "mask" ? describeMask(decision.rule) : decision.action;
}

function describeMask({ masker, distinct }: MaskRule): string {
  return distinct ? `${masker}, distinct` : masker;
}

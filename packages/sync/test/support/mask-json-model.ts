import { parsePath, type Step } from "../../src/mask/json/path.ts";
import type { PathRule } from "../../src/policy/policy.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type Location = readonly ({ readonly key: string } | "element")[];

/** What masking a document by path means, the plain way: for every value, all rules are looked at. Every mask gives its option `value`. */
export function maskByModel(document: Json, rules: readonly PathRule[]): Json {
  const masked = below(document, [], rules);
  return masked === dropped ? null : masked;
}

/** Every place of a document that no rule knows, as far as it is looked at. */
export function unknownByModel(document: Json, rules: readonly PathRule[], location: Location = []): Location[] {
  if (ruleAt(location, rules)) return [];
  const isContainer = document !== null && typeof document === "object";
  const anywhere = rules.some(({ path }) => path.startsWith("**"));
  const known = location.length === 0 || leadsToRule(location, rules);
  if (!known && !(anywhere && isContainer)) return [location];
  if (!isContainer) return document === null && known ? [] : [location];
  return entriesOf(document).flatMap(([step, value]) => unknownByModel(value, rules, [...location, step]));
}

/** Every text and number of a document that does not stay. */
export function personalByModel(document: Json, rules: readonly PathRule[], location: Location = []): string[] {
  if (document !== null && typeof document === "object") {
    return entriesOf(document).flatMap(([step, value]) => personalByModel(value, rules, [...location, step]));
  }
  if (typeof document !== "string" && typeof document !== "number") return [];
  return ruleAt(location, rules)?.rule.kind === "keep" ? [] : [String(document)];
}

/** Whether a path, as SQL names what is unknown, is that of a place. */
export function isPathOf(path: string, location: Location): boolean {
  const parsed = parsePath(path);
  return parsed.kind === "rooted" && parsed.steps.length === location.length && matches(parsed.steps, location);
}

const dropped = Symbol("dropped");

function below(value: Json, location: Location, rules: readonly PathRule[]): Json | typeof dropped {
  const rule = ruleAt(location, rules)?.rule;
  if (rule?.kind === "null") return null;
  if (rule?.kind === "drop") return dropped;
  if (value !== null && typeof value === "object") {
    const entries = entriesOf(value).map(([step, one]) => [step, below(one, [...location, step], rules)] as const);
    const kept = entries.filter((entry): entry is readonly [Location[number], Json] => entry[1] !== dropped);
    if (Array.isArray(value)) return kept.map(([, one]) => one);
    return Object.fromEntries(kept.map(([step, one]) => [step === "element" ? "" : step.key, one]));
  }
  const masks = rule?.kind === "mask" && (typeof value === "number" || (typeof value === "string" && value !== ""));
  return masks ? String(rule.options.value) : value;
}

function entriesOf(value: object): [Location[number], Json][] {
  return Array.isArray(value)
    ? value.map((one) => ["element", one])
    : Object.entries(value).map(([key, one]) => [{ key }, one]);
}

/** The rule that holds at a place: the deepest one on the way to it, of those the most specific. */
function ruleAt(location: Location, rules: readonly PathRule[]): PathRule | undefined {
  let holds: PathRule | undefined;
  for (let length = 0; length <= location.length; length++) {
    if (holds?.rule.kind === "null" || holds?.rule.kind === "drop") return holds;
    const place = location.slice(0, length);
    const last = place.at(-1);
    const rooted = mostSpecific(place, rules);
    const anywhere = typeof last === "object" ? rules.find(({ path }) => isAnywhere(path, last.key)) : undefined;
    const namedLast = rooted && stepsOf(rooted).at(-1)?.kind !== "any";
    const inherited = rooted ?? holds;
    const lifts = anywhere?.rule.kind === "keep" && inherited !== undefined && inherited.rule.kind !== "keep";
    holds = anywhere && !namedLast && !lifts ? anywhere : inherited;
  }
  return holds;
}

/** Keys that are named come before any key, from the root on. */
function mostSpecific(place: Location, rules: readonly PathRule[]): PathRule | undefined {
  const order = (rule: PathRule) =>
    stepsOf(rule)
      .map(({ kind }) => (kind === "any" ? "1" : "0"))
      .join("");
  return rules
    .filter(({ path }) => path.startsWith("$"))
    .filter((rule) => stepsOf(rule).length === place.length && matches(stepsOf(rule), place))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))[0];
}

function leadsToRule(place: Location, rules: readonly PathRule[]): boolean {
  return rules
    .filter(({ path }) => path.startsWith("$"))
    .some((rule) => stepsOf(rule).length > place.length && matches(stepsOf(rule).slice(0, place.length), place));
}

function matches(steps: readonly Step[], place: Location): boolean {
  return steps.every((step, index) => {
    const at = place[index];
    if (step.kind === "items" || at === "element") return step.kind === "items" && at === "element";
    return step.kind === "any" || step.key === at?.key;
  });
}

function stepsOf({ path }: PathRule): readonly Step[] {
  const parsed = parsePath(path);
  return parsed.kind === "rooted" ? parsed.steps : [];
}

function isAnywhere(path: string, key: string): boolean {
  const parsed = parsePath(path);
  return parsed.kind === "anywhere" && parsed.key === key;
}

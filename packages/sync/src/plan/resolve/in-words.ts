import type { ColumnRule } from "../../policy/policy.ts";

/** A rule as people read it: `email, distinct`. */
export function inWords(rule: ColumnRule): string {
  if (rule.kind !== "mask") return rule.kind;
  const options = Object.entries(rule.options).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const person = rule.person === undefined ? [] : [`by ${rule.person}`];
  return [rule.masker, ...(rule.distinct ? ["distinct"] : []), ...person, ...options].join(", ");
}

import { quoteLiteral } from "@understudy/postgres";
import type { PathRule } from "../../policy/policy.ts";
import { isMask, type Region } from "./region.ts";
import type { Tree } from "./tree.ts";

/** SQL that walks all of a value whose structure the policy does not say. */
export interface Walk {
  /**
   * `WITH RECURSIVE node(place, rule, lead, value) AS (…)`: every value, with its place in the order of the document, its rule, and what
   * stands before it in JSON text: a comma, its key.
   */
  readonly cte: string;
  /** What the numbers in `rule` mean, from 1 on; 0 is keep, -1 what the policy does not know. */
  readonly rules: readonly PathRule[];
}

/**
 * @param value SQL of type `jsonb`.
 * @param maskKey SQL of a masked key below a rule, where the walk is for a mask: what is dropped is left out then, and what becomes null
 *   is null. Without, all is listed as it is.
 */
export function walk(
  { anywhere }: Tree,
  { rule }: Region,
  value: string,
  maskKey?: (rule: PathRule, key: string) => string,
): Walk {
  const rules = [...new Set([rule, ...anywhere.values()])].filter((one) => one !== undefined).filter(isMask);
  const idOf = (one: PathRule | undefined) => (one ? rules.indexOf(one) + 1 : -1);
  const idsOf = (kind: "drop" | "null") => [-2, ...rules.filter(({ rule }) => rule.kind === kind).map(idOf)].join(", ");
  const masks = maskKey !== undefined;
  const key = cases("node.rule", masks ? rules.map((one) => [idOf(one), maskKey(one, "key")]) : [], "key");
  const ruleOfKey = cases(
    "key",
    [...anywhere].map(([key, deep]) => [quoteLiteral(key), isMask(deep) ? idOf(deep) : "greatest(node.rule, 0)"]),
    "node.rule",
  );
  const cte = `WITH RECURSIVE node(place, rule, lead, value) AS (
    SELECT '{}'::int[], ${idOf(rule)}, '', ${value}
    UNION ALL
    SELECT node.place || below.number, below.rule, CASE WHEN below.number > 1 THEN ',' || label ELSE label END,
      ${masks ? `CASE WHEN below.rule IN (${idsOf("null")}) THEN 'null' ELSE below.value END` : "below.value"}
    FROM node, LATERAL (SELECT row_number() OVER (ORDER BY number)::int AS number, rule, label, value FROM (
      SELECT number, ${ruleOfKey} AS rule, to_json(${key})::text || ':' AS label, value
      FROM jsonb_each(CASE WHEN jsonb_typeof(node.value) = 'object' THEN node.value END)
        WITH ORDINALITY AS entries(key, value, number)
      UNION ALL
      SELECT number, node.rule, '', value
      FROM jsonb_array_elements(CASE WHEN jsonb_typeof(node.value) = 'array' THEN node.value END)
        WITH ORDINALITY AS elements(value, number)
    ) AS every ${masks ? `WHERE rule NOT IN (${idsOf("drop")})` : ""}) AS below)`;
  return { cte, rules };
}

function cases(
  value: string,
  whens: readonly (readonly [string | number, string | number])[],
  otherwise: string,
): string {
  if (!whens.length) return otherwise;
  return `CASE ${value} ${whens.map(([when, then]) => `WHEN ${when} THEN ${then}`).join(" ")} ELSE ${otherwise} END`;
}

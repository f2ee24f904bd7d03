import type { PathRule } from "../../policy/policy.ts";
import { walk } from "./deep.ts";
import { bound, type Documents } from "./documents.ts";
import { maskKey, maskLeaf, maskText } from "./leaf.ts";
import { isKept, type Region } from "./region.ts";

/**
 * SQL of type `jsonb` of an object or array of any structure with every text and number in it masked by the rule that holds there.
 * It is written out as JSON text: no other way needs time in proportion to its size only.
 */
export function maskDeep(documents: Documents, value: string, region: Region): string {
  if (isKept(documents.tree, region)) return value;
  const masked = rewritten(documents, value, region);
  if (!isScrubbed(documents, region)) return masked;
  // What is found in any of its texts is found in the JSON text too: where nothing is, all of it can stay.
  return bound(
    documents,
    `${value}::text`,
    (text) =>
      `CASE WHEN ${maskText(documents, text, region.rule as PathRule).sql} = ${text} THEN ${value} ELSE ${masked} END`,
  );
}

/** Whether all of it is free text, without names to look for: names may be words of JSON itself. */
function isScrubbed({ tree }: Documents, { rule: said }: Region): boolean {
  if (tree.anywhere.size || said?.rule.kind !== "mask") return false;
  return said.rule.masker === "text" && !said.rule.options.names;
}

function rewritten(documents: Documents, value: string, region: Region): string {
  const { cte, rules } = walk(documents.tree, region, value, (rule, key) => maskKey(documents, key, rule));
  const whens = rules.map((rule, index) => `WHEN ${index + 1} THEN ${maskLeaf(documents, "node.value", rule)}`);
  const leaf = `CASE node.rule ${whens.join(" ")} WHEN 0 THEN node.value ELSE 'null' END`;
  return `(${cte} SELECT string_agg(piece, '' ORDER BY place)::jsonb FROM (
    SELECT place, lead || CASE jsonb_typeof(value) WHEN 'object' THEN '{' WHEN 'array' THEN '[' ELSE (${leaf})::text END AS piece FROM node
    UNION ALL
    SELECT place || 2147483647, CASE jsonb_typeof(value) WHEN 'object' THEN '}' ELSE ']' END FROM node
    WHERE jsonb_typeof(value) IN ('object', 'array')) AS pieces)`;
}

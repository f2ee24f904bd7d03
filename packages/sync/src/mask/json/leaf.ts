import type { TypeShape } from "@understudy/postgres";
import type { PathRule } from "../../policy/policy.ts";
import { ofPerson } from "../compile/context.ts";
import { maskValue } from "../compile/mask-value.ts";
import type { MaskedValue } from "../compile/masked-value.ts";
import { textShape } from "../compile/text-shape.ts";
import { bound, boundIfUsedOften, type Documents } from "./documents.ts";

const numeric: TypeShape = { ...textShape, base: "numeric", category: "N" };

/**
 * SQL of type `jsonb` of a text, number, true, false or null with its rule applied. Only texts and numbers are masked.
 * @param others SQL of what else a mask's value may be.
 */
export function maskLeaf(documents: Documents, value: string, rule: PathRule | undefined, others = value): string {
  if (rule?.rule.kind === "keep") return value;
  if (rule?.rule.kind !== "mask") return "'null'::jsonb";
  const text = boundIfUsedOften(
    documents,
    `(${value} #>> '{}')`,
    (text) => `to_jsonb(${maskText(documents, text, rule).sql})`,
  );
  return `CASE jsonb_typeof(${value}) WHEN 'string' THEN ${text}
    WHEN 'number' THEN ${maskNumber(documents, value, rule)} ELSE ${others} END`;
}

/** SQL of a key below a rule: masked where the rule is for free text, which a key may be too. */
export function maskKey(documents: Documents, key: string, rule: PathRule | undefined): string {
  if (rule?.rule.kind !== "mask" || rule.rule.masker !== "text") return key;
  return maskText(documents, key, rule).sql;
}

/** The mask of a text in a document. @param text SQL of type `text`. */
export function maskText(documents: Documents, text: string, rule: PathRule, shape = textShape): MaskedValue {
  if (rule.rule.kind !== "mask") return { sql: text, personal: [] };
  const place = { path: `${documents.column} ${rule.path}`, value: text, type: shape.base, shape };
  return maskValue(place, rule.rule, { ...ofPerson(rule.rule, documents.context), maxLength: undefined });
}

/** A number becomes a number where its mask has the digits for one. */
function maskNumber(documents: Documents, value: string, rule: PathRule): string {
  if (rule.rule.kind === "mask" && rule.rule.masker === "number") {
    return bound(
      documents,
      `${value}::numeric`,
      (number) => `to_jsonb(${maskText(documents, number, rule, numeric).sql})`,
    );
  }
  return bound(documents, `${value} #>> '{}'`, (text) =>
    bound(
      documents,
      maskText(documents, text, rule).sql,
      (masked) =>
        `CASE WHEN ${masked} = ${text} THEN ${value}
        WHEN ${masked} ~ '^-?[0-9]+([.][0-9]+)?$' THEN to_jsonb(${masked}::numeric)
        WHEN ${masked} ~ '^[0-9-]+$' THEN to_jsonb(replace(${masked}, '-', '')::numeric) ELSE to_jsonb(${masked}) END`,
    ),
  );
}

import { type Column, quoteName, type TypeShape } from "@understudy/postgres";
import { compileMask, type MaskContext } from "../../mask/compile.ts";
import { compileJson } from "../../mask/json/compile-json.ts";
import type { ColumnRule, PathRule } from "../../policy/policy.ts";
import type { ColumnPlan, PersonalValues } from "../table-plan.ts";
import { inWords } from "./in-words.ts";

/** What a column's rule makes of it. @throws UserError where the rule cannot hold. */
export function planColumn(
  column: Column,
  rule: Exclude<ColumnRule, { kind: "derive" }>,
  context: MaskContext,
): ColumnPlan {
  const { name, type, shape } = column;
  const base = { column, because: rule.source, personal: [] };
  switch (rule.kind) {
    case "keep":
      return { ...base, action: "keep", how: "keep", expression: quoteName(name) };
    case "null":
      return { ...base, action: "null", how: "null", expression: `NULL::${type}`, personal: leftOut(column) };
    case "json":
      return { ...base, action: "mask", how: pathsInWords(rule.paths), ...compileJson(column, rule.paths, context) };
    case "mask": {
      const how = inWords({ ...rule, distinct: context.distinct });
      const masked =
        isJson(shape) && rule.masker !== "fixed"
          ? compileJson(column, [{ source: rule.source, path: "$", rule }], context)
          : compileMask(column, rule, context);
      return { ...base, action: "mask", how, ...masked };
    }
  }
}

export function planGenerated(column: Column): ColumnPlan {
  const how = "computed from other columns";
  return {
    column,
    action: "generated",
    how,
    because: "generated",
    expression: "",
    personal: [],
  };
}

/** How many of each rule: `json: 2 email, 5 keep`. */
function pathsInWords(paths: readonly PathRule[]): string {
  const said = Map.groupBy(paths, ({ rule }) => (rule.kind === "mask" ? rule.masker : rule.kind));
  return `json: ${[...said].map(([word, rules]) => `${rules.length} ${word}`).join(", ")}`;
}

/** Text that is left out here may stand elsewhere too: it is looked for like a masked one. */
function leftOut({ name, shape }: Column): PersonalValues[] {
  if (shape.category !== "S" || shape.array) return [];
  return [{ path: name, values: `${quoteName(name)}::text`, fingerprint: "text", constants: [] }];
}

function isJson({ base, array }: TypeShape): boolean {
  return !array && (base === "json" || base === "jsonb");
}

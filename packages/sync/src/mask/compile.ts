import { type Column, quoteName, type TypeShape } from "@understudy/postgres";
import type { PersonalValues } from "../plan/table-plan.ts";
import type { MaskRule } from "../policy/policy.ts";
import type { MaskContext } from "./compile/context.ts";
import { maskValue } from "./compile/mask-value.ts";
import { personalValues } from "./compile/masked-value.ts";
import { textShape } from "./compile/text-shape.ts";

export type { MaskContext } from "./compile/context.ts";

/** A column's values on their way out. */
export interface MaskedColumn {
  /** SQL over the table's own columns, of the column's type. */
  readonly expression: string;
  /** Where its personal values stand in the source. */
  readonly personal: readonly PersonalValues[];
  /** SQL queries of why a value cannot be masked, in words, one a row. */
  readonly failures?: readonly string[];
}

/** The SQL that masks a column. NULL stays NULL, empty stays empty. @throws UserError naming table and column where the mask cannot hold. */
export function compileMask({ name, type, shape }: Column, rule: MaskRule, context: MaskContext): MaskedColumn {
  const masked = maskValue({ path: name, value: quoteName(name), type, shape }, rule, context);
  const { sql, personal, failures = [] } = masked;
  return { expression: `(${sql})::${type}`, personal: personal.map(personalValues), failures };
}

/** Types of values that are masked outside of any table, by their names in SQL. */
const valueTypes = {
  text: ["text", "S"],
  bigint: ["int8", "N"],
  "double precision": ["float8", "N"],
  date: ["date", "D"],
} as const;

/** The SQL that masks an expression outside of any table, e.g. `value` of `unnest($1::text[]) AS value`. @throws UserError as compileMask does. */
export function compileValue(
  value: string,
  type: keyof typeof valueTypes,
  rule: MaskRule,
  context: MaskContext,
): string {
  const [base, category] = valueTypes[type];
  const shape: TypeShape = { ...textShape, base, category };
  return `(${maskValue({ path: "value", value, type, shape }, rule, context).sql})::${type}`;
}

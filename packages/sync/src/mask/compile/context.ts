import { quoteName } from "@understudy/postgres";
import type { MaskRule } from "../../policy/policy.ts";

/** What masking one column depends on beside its rule. */
export interface MaskContext {
  /** Id of the table, for messages. */
  readonly table: string;
  /** How many rows the column has, or the largest of those whose values must stay joinable with it. */
  readonly rows: number;
  /** Whether different values must stay different: asked for by the rule, or by a unique index. */
  readonly distinct: boolean;
  /** SQL expression, over the table's own columns, of the key of the person that a row is of, as `text`. */
  readonly person: string | undefined;
  /** SQL query of known names, one a row, as `text`: what `names` of the masker `text` stands for. */
  readonly names: string | undefined;
  /** Shortest of the columns that must get the same text, where that is another one. */
  readonly maxLength?: number;
}

/** For a part of a value whose rule may name a person of its own. */
export function ofPerson({ person }: MaskRule, context: MaskContext): MaskContext {
  return person === undefined ? context : { ...context, person: `${quoteName(person)}::text` };
}

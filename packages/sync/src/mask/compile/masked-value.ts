import type { PersonalValues } from "../../plan/table-plan.ts";
import type { Fingerprint } from "../masker.ts";

/** The masks of one value. */
export interface MaskedValue {
  /** SQL expression, without the cast to the value's own type. */
  readonly sql: string;
  readonly personal: readonly Personal[];
  /** SQL queries of why a value cannot be masked, in words, one a row; may refer to the columns of the table. */
  readonly failures?: readonly string[];
}

/** Where personal values stand in the source, in one place. */
export interface Personal {
  readonly path: string;
  /** SQL query of the values as text, one a row; may refer to the columns of the table. */
  readonly query: string;
  readonly fingerprint: Fingerprint;
  readonly constants: readonly string[];
}

/** What is known of each of several values. @param from SQL that gives them, e.g. `unnest(emails) AS element`. */
export function ofEach({ personal, failures = [] }: MaskedValue, from: string): Omit<MaskedValue, "sql"> {
  const each = (query: string) => `SELECT found.value FROM ${from}, LATERAL (${query}) AS found(value)`;
  return { personal: personal.map((one) => ({ ...one, query: each(one.query) })), failures: failures.map(each) };
}

/** For the search of the copy: in the target list of a query over the table. */
export function personalValues({ path, query, fingerprint, constants }: Personal): PersonalValues {
  return { path, values: `unnest(ARRAY(${query}))`, fingerprint, constants };
}

import type { Column, Table } from "@understudy/postgres";
import type { Fingerprint } from "../mask/masker.ts";

/** What happens to one table of a database. */
export interface TablePlan {
  readonly table: Table;
  readonly action: "copy" | "drop rows";
  /** Why, for people: `sanitize.yml:12`, `policy of n8n 2`, `partition of public.orders`. */
  readonly because: string;
  /** SQL over the table's own columns: which rows; undefined: all. */
  readonly where: string | undefined;
  /** In the order of the table; generated ones included. */
  readonly columns: readonly ColumnPlan[];
}

export interface ColumnPlan {
  readonly column: Column;
  readonly action: "keep" | "mask" | "null" | "generated" | "derive";
  /** For people: masker or rule, e.g. `email, distinct`. */
  readonly how: string;
  readonly because: string;
  /** SQL of the value that is sent, over the table's own columns, of the column's type. Empty for generated columns. */
  readonly expression: string;
  /** Where personal values stand in the source: what a copy is searched for. One for each masked place (JSON has several). */
  readonly personal: readonly PersonalValues[];
  /**
   * Of a JSON column that is ruled by path: SQL over the table's own columns, NULL for a document whose every path the
   * policy knows, else an unknown path as text.
   */
  readonly unknownPath?: string;
  /** Of a masked column: SQL queries of why a value cannot be masked, in words, one a row; over the table's own columns. */
  readonly failures?: readonly string[];
}

export interface PersonalValues {
  /** `email`, or a JSON path in the column: `$.contact.email`. */
  readonly path: string;
  /** SQL over the table's own columns that gives each raw value as text, one a row: an expression, or one that returns a set. */
  readonly values: string;
  readonly fingerprint: Fingerprint;
  /** Values that are no sign of a leak, as the masker gives them itself. */
  readonly constants: readonly string[];
}

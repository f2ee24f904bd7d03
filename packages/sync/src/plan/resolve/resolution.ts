import type { TablePlan } from "../table-plan.ts";

/** What a policy makes of one database. Only one with nothing unknown and nothing refused may be copied. */
export interface Resolution {
  readonly database: string;
  /** Every table that is decided, those whose rows are not copied included. */
  readonly tables: readonly TablePlan[];
  /** Tables of which something is not decided, with those columns that are. */
  readonly partial?: readonly TablePlan[];
  readonly unknown: readonly Unknown[];
  readonly refused: readonly Refusal[];
  /** What people should know, e.g. that a table is left to its extension. */
  readonly notes: readonly string[];
}

/** What the policy says nothing of. */
export type Unknown =
  | { readonly what: "table"; readonly table: string }
  | { readonly what: "column"; readonly table: string; readonly column: string }
  | { readonly what: "path"; readonly table: string; readonly column: string; readonly path: string }
  | { readonly what: "large objects" };

/** A rule that cannot hold. */
export interface Refusal {
  /** Names the place: `public.customers.email: …`. */
  readonly message: string;
  readonly next: string;
}

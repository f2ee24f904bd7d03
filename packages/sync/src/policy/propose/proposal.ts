import type { MaskRule } from "../policy.ts";

/** What may be said of a value: of a column, or at a path of a document. */
export type ValueRule = { readonly kind: "keep" } | { readonly kind: "null" } | MaskRule;

/** What is proposed for something that the policy does not know. */
export interface Proposal {
  /** Undefined: the database's large objects. */
  readonly table: string | undefined;
  /** Undefined: the whole table. */
  readonly column: string | undefined;
  /** In a JSON column: the rule is for what stands there. */
  readonly path: string | undefined;
  /** Undefined: a person must say it. */
  readonly rule: ProposedRule | undefined;
  readonly because: string;
}

/** What is proposed for something of a graph that the policy does not know. */
export interface GraphProposal {
  readonly element: "node" | "relationship";
  /** A label, or a type. */
  readonly name: string;
  /** Undefined: the label or type itself. */
  readonly property: string | undefined;
  readonly rule: ValueRule | { readonly kind: "properties" };
  readonly because: string;
}

/** `drop` of a table leaves out its rows; `columns` begins its list. */
export type ProposedRule =
  | ValueRule
  | { readonly kind: "drop" }
  | { readonly kind: "columns" }
  | { readonly kind: "documents" };

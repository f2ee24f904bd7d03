import type { Kind } from "./values/kind.ts";

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  /** As its database names the type, without its length: an explicit cast to `varchar(3)` would cut off in silence. */
  readonly type: string;
}

/** A table that takes part, found by its columns `uuid`, `updated_at` and `is_deleted`. */
export interface Entity {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** A table as a program describes it, before there is one. */
export interface EntityDescription {
  readonly name: string;
  readonly columns: readonly Pick<Column, "name" | "kind">[];
}

/** The columns by which a table takes part, and their kinds. */
export const ownColumns: Readonly<Record<string, Kind>> = {
  uuid: "uuid",
  updated_at: "timestamp",
  is_deleted: "boolean",
};

/** Whether columns make a table an entity. */
export function takesPart(columns: readonly Column[]): boolean {
  return Object.keys(ownColumns).every((own) => columns.some(({ name }) => name === own));
}

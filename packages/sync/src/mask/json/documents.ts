import type { MaskContext } from "../compile/context.ts";
import type { Tree } from "./tree.ts";

/** The documents of one column, for the generators of SQL over them. */
export interface Documents {
  readonly tree: Tree;
  /** For messages. */
  readonly column: string;
  readonly context: MaskContext;
  /** A name that no other sub-select has. */
  fresh(): string;
}

/** The same of a value that costs less to compute two or three times than to be given a name. */
export function boundIfUsedOften(documents: Documents, value: string, use: (value: string) => string): string {
  const sql = use(value);
  return sql.split(value).length - 1 > mostInline ? bound(documents, value, use) : sql;
}

/** Naming a value is a sub-select: about as much as four looks into a small document. */
const mostInline = 3;

/** SQL over a value that is looked at more than once: computed once, under a name. Nothing where nothing is made of it. */
export function bound<Sql extends string | undefined>(
  documents: Documents,
  value: string,
  use: (value: string) => Sql,
): Sql {
  const name = documents.fresh();
  const sql = use(`${name}.value`);
  return sql && (`(SELECT ${sql} FROM (SELECT ${value} AS value OFFSET 0) AS ${name})` as Sql);
}

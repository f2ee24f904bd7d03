import { UserError } from "@understudy/core";
import { type Column, quoteLiteral, quoteName } from "@understudy/postgres";
import type { PathRule } from "../../policy/policy.ts";
import type { MaskContext } from "../compile/context.ts";
import { personalValues } from "../compile/masked-value.ts";
import type { MaskedColumn } from "../compile.ts";
import { failure } from "../failure.ts";
import type { Documents } from "./documents.ts";
import { unknownPath } from "./guard.ts";
import { maskJson } from "./mask.ts";
import { ordinary } from "./ordinary.ts";
import { personalIn } from "./personal.ts";
import { rootRegion } from "./region.ts";
import { resolvePaths } from "./tree.ts";

export interface MaskedDocuments extends MaskedColumn {
  /** SQL over the table's own columns: NULL where the policy knows every path of the document, else one that it does not know, e.g. `$.contact.fax`. */
  readonly unknownPath: string;
}

/** The SQL that masks JSON documents by path. A path that no rule knows fails the query. @throws UserError naming table, column and path. */
export function compileJson(
  { name, type, shape }: Column,
  rules: readonly PathRule[],
  context: MaskContext,
): MaskedDocuments {
  const place = `${context.table}.${name}`;
  if (shape.array || (shape.base !== "jsonb" && shape.base !== "json")) {
    throw new UserError(`${place}: ${type} has no JSON paths`, { next: "Name a masker" });
  }
  let names = 0;
  try {
    const tree = resolvePaths(rules);
    const documents: Documents = { tree, column: name, context, fresh: () => `j${++names}` };
    const root = rootRegion(tree);
    // Out of line, a value is read and decompressed at each operator; an empty path reads it once.
    const document = `${quoteName(name)}::jsonb #> '{}'`;
    const unknown = unknownPath(documents, "document.value", root) ?? "NULL::text";
    const masked = maskJson(documents, "document.value", root);
    const message = `${quoteLiteral(`${place}: unknown JSON path `)} || unknown`;
    const guarded = `(SELECT CASE WHEN unknown IS NULL THEN ${masked} ELSE ${failure(message)}::jsonb END
        FROM (SELECT value, ${unknown} AS unknown FROM (SELECT document.value OFFSET 0) AS document OFFSET 0) AS document)`;
    const short = ordinary(documents, "document.value", root);
    const from = `FROM (SELECT ${document} AS value OFFSET 0) AS document`;
    return {
      expression: `CASE WHEN ${quoteName(name)} IS NOT NULL THEN (
        SELECT ${short ? `CASE WHEN ${short.test} THEN ${short.masked} ELSE ${guarded} END` : guarded} ${from}) END::${type}`,
      unknownPath: `(SELECT ${short ? `CASE WHEN ${short.test} THEN NULL ELSE ${unknown} END` : unknown} ${from})`,
      personal: personalIn(documents, `(${quoteName(name)}::jsonb)`, root).map(personalValues),
    };
  } catch (error) {
    if (!(error instanceof UserError) || error.message.startsWith(place)) throw error;
    throw new UserError(`${place}: ${error.message}`, error.next === undefined ? {} : { next: error.next });
  }
}

import type { Documents } from "./documents.ts";
import { maskText } from "./leaf.ts";
import { keysSql } from "./path.ts";
import { atKey, isKept, type Region, specialKeys } from "./region.ts";
import { hasChildren } from "./tree.ts";

/** How most documents of a column look. */
export interface Ordinary {
  /** SQL: true of an object that has none but known keys, and a text wherever something is masked. */
  readonly test: string;
  /** SQL of type `jsonb` of such a document with its rules applied. */
  readonly masked: string;
}

/**
 * The short way for documents whose places the policy names one by one: one test of the whole document, and then no more questions at
 * each of its places. @returns undefined where a rule holds for more than one place.
 */
export function ordinary(documents: Documents, value: string, root: Region): Ordinary | undefined {
  if (documents.tree.anywhere.size || !hasChildren(root.node)) return undefined;
  const places = placesOf(documents, [], root);
  return (
    places && {
      test: places.flatMap((place) => testOf(value, place)).join(" AND "),
      masked: places.reduce((sql, place) => changed(documents, sql, value, place), value),
    }
  );
}

/** A place of a document, by the keys that lead to it. */
interface Place {
  readonly keys: readonly string[];
  readonly region: Region;
}

/** The places at which something is asked or done, from the root down. */
function placesOf(documents: Documents, keys: readonly string[], region: Region): Place[] | undefined {
  if (isKept(documents.tree, region)) return [];
  if (!hasChildren(region.node)) return [{ keys, region }];
  if (region.node?.any || region.node?.items || (region.rule && region.rule.rule.kind !== "keep")) return undefined;
  const below = specialKeys(documents.tree, region).map((key) =>
    placesOf(documents, [...keys, key], atKey(documents.tree, region, key)),
  );
  return below.some((places) => !places) ? undefined : [{ keys, region }, ...below.flatMap((places) => places ?? [])];
}

function testOf(document: string, { keys, region }: Place): string[] {
  const value = keys.length ? `(${document} #> ${keysSql(keys)})` : document;
  const { node, rule } = region;
  if (hasChildren(node)) {
    const known = rule ? "true" : `${value} - ${keysSql(node?.keys.keys() ?? [])} = '{}'`;
    return [
      `CASE jsonb_typeof(${value}) WHEN 'object' THEN ${known} ELSE ${keys.length ? `${value} IS NULL` : "false"} END`,
    ];
  }
  return rule?.rule.kind === "mask" ? [`coalesce(jsonb_typeof(${value}), 'null') IN ('string', 'null')`] : [];
}

/** @param sql of the document with what was changed so far. */
function changed(documents: Documents, sql: string, document: string, { keys, region }: Place): string {
  const { node, rule } = region;
  if (hasChildren(node) || !rule) return sql;
  const path = keysSql(keys);
  if (rule.rule.kind === "drop") return `(${sql} #- ${path})`;
  const text = `(${document} #>> ${path})`;
  // Of what is null or not there the mask is NULL, of which jsonb_set would make NULL of the whole object.
  const masked =
    rule.rule.kind === "mask" ? `coalesce(to_jsonb(${maskText(documents, text, rule).sql}), 'null')` : "'null'";
  return `jsonb_set(${sql}, ${path}, ${masked}, false)`;
}

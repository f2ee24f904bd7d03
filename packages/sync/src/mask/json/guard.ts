import { quoteLiteral } from "@understudy/postgres";
import { bound, type Documents } from "./documents.ts";
import { keysSql, showKeySql } from "./path.ts";
import { atItems, atKey, atOtherKeys, type Region, specialKeys } from "./region.ts";
import type { Tree } from "./tree.ts";

/**
 * SQL of a path in a value that the policy does not know; NULL where it knows all. Where keys are known at any depth (`**.key`), single
 * values are unknown, else whole keys and elements. An empty object or array at a place that is known in part is fine, and so is null.
 * @returns undefined where the policy knows whatever may be there.
 */
export function unknownPath(documents: Documents, value: string, region: Region): string | undefined {
  const { path, node, rule } = region;
  if (rule) return undefined;
  if (!node) return unknownBelow(documents.tree, value, quoteLiteral(path));
  const found = firstOf(documents, `jsonb_array_elements(${value})`, ["value"], ({ value }) =>
    unknownPath(documents, value, atItems(region)),
  );
  return `CASE jsonb_typeof(${value}) WHEN 'object' THEN ${inObject(documents, value, region) ?? "NULL"}
    WHEN 'array' THEN ${found ?? "NULL"}
    WHEN 'null' THEN NULL ELSE CASE WHEN ${value} IS NOT NULL THEN ${quoteLiteral(path)} END END`;
}

function inObject(documents: Documents, value: string, region: Region): string | undefined {
  const { tree } = documents;
  const special = specialKeys(tree, region);
  const inSpecial = special.map((key) =>
    bound(documents, `${value} -> ${quoteLiteral(key)}`, (below) =>
      unknownPath(documents, below, atKey(tree, region, key)),
    ),
  );
  const rest = special.length ? `(${value} - ${keysSql(special)})` : value;
  const found = [inOthers(documents, rest, region), ...inSpecial].filter((sql) => sql !== undefined);
  return found.length > 1 ? `coalesce(${found.join(", ")})` : found[0];
}

function inOthers(documents: Documents, rest: string, region: Region): string | undefined {
  const others = atOtherKeys(region);
  const first = firstOf(documents, `jsonb_each(${rest})`, ["key", "value"], ({ key, value }) =>
    others.rule || others.node
      ? unknownPath(documents, value, others)
      : unknownBelow(documents.tree, value, `${quoteLiteral(region.path)} || ${showKeySql(key)}`),
  );
  return first && `CASE WHEN ${rest} <> '{}' THEN ${first} END`;
}

/** @param path SQL of the path of the value. */
function unknownBelow({ anywhere }: Tree, value: string, path: string): string {
  if (!anywhere.size) return path;
  return `(WITH RECURSIVE node(path, value) AS (
    SELECT ${path}, ${value}
    UNION ALL
    SELECT node.path || below.step, below.value FROM node, LATERAL (
      SELECT ${showKeySql("key")}, value FROM jsonb_each(CASE WHEN jsonb_typeof(node.value) = 'object' THEN node.value END) AS entries(key, value)
      WHERE key <> ALL (${keysSql(anywhere.keys())})
      UNION ALL
      SELECT '[*]', value FROM jsonb_array_elements(CASE WHEN jsonb_typeof(node.value) = 'array' THEN node.value END) AS elements(value)
    ) AS below(step, value))
    SELECT path FROM node WHERE jsonb_typeof(value) NOT IN ('object', 'array') LIMIT 1)`;
}

function firstOf<Column extends string>(
  documents: Documents,
  from: string,
  columns: readonly Column[],
  use: (row: Readonly<Record<Column, string>>) => string | undefined,
): string | undefined {
  const name = documents.fresh();
  const row = Object.fromEntries(columns.map((column) => [column, `${name}.${column}`])) as Record<Column, string>;
  const path = use(row);
  if (path === undefined) return undefined;
  return `(SELECT found.path FROM ${from} AS ${name}(${columns.join(", ")}), LATERAL (SELECT ${path} AS path) AS found
    WHERE found.path IS NOT NULL LIMIT 1)`;
}

import { type Column, quoteName, quoteTable, type Table } from "@understudy/postgres";
import { showKeySql } from "./path.ts";
import { personalIn } from "./personal.ts";
import { rootRegion } from "./region.ts";
import { resolvePaths } from "./tree.ts";

/**
 * A query of the paths that values have in a JSON column, the most frequent first: `path` as a policy writes it, `kind` (`string`, `number`,
 * `boolean`, `null`, or `object` and `array` for empty ones), `count`.
 * @param limit rows of the table that are looked at: any that it has, from its beginning.
 */
export function jsonPathsSql(column: Column, table: Pick<Table, "schema" | "name">, limit: number): string {
  const name = quoteName(column.name);
  return `WITH RECURSIVE documents AS (
      SELECT ${name}::jsonb AS value FROM ${quoteTable(table)} WHERE ${name} IS NOT NULL LIMIT ${limit}),
    node(path, value) AS (
      SELECT '$', value FROM documents
      UNION ALL
      SELECT node.path || below.step, below.value FROM node, LATERAL (
        SELECT ${showKeySql("key")}, value FROM jsonb_each(CASE WHEN jsonb_typeof(node.value) = 'object' THEN node.value END) AS entries(key, value)
        UNION ALL
        SELECT '[*]', value FROM jsonb_array_elements(CASE WHEN jsonb_typeof(node.value) = 'array' THEN node.value END) AS elements(value)
      ) AS below(step, value))
    SELECT path, jsonb_typeof(value) AS kind, count(*) AS count FROM node
    WHERE jsonb_typeof(value) NOT IN ('object', 'array') OR value IN ('{}', '[]')
    GROUP BY path, kind ORDER BY count DESC, path, kind`;
}

/** SQL, over the table's own columns, that gives each text or number at a path and below it, as text, one a row. @throws UserError for what is no path. */
export function jsonValuesSql(column: Column, path: string): string {
  const tree = resolvePaths([{ path, source: "", rule: { kind: "null" } }]);
  const context = { table: "", rows: 0, distinct: false, person: undefined, names: undefined };
  let names = 0;
  const documents = { tree, column: column.name, context, fresh: () => `j${++names}` };
  const queries = personalIn(documents, `(${quoteName(column.name)}::jsonb)`, rootRegion(tree)).map(
    ({ query }) => query,
  );
  return `unnest(ARRAY(${queries.join(" UNION ALL ")}))`;
}

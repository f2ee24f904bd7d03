import { quoteLiteral } from "@understudy/postgres";
import { type CarriedTable, fromSql, namesSql } from "./carried-table.ts";
import { bucketSql, rowHash, whereSql } from "./hash.ts";

/** A rule of the settings that tells demo data, as a condition that real rows fulfil. */
export function notDemo(rules: readonly { readonly table: string; readonly where: string }[], table: string): string[] {
  return rules.filter((rule) => rule.table === table).map(({ where }) => `NOT coalesce((${where}), false)`);
}

/** The rows of some parts. @param buckets undefined: all of them */
export function selectSql(
  table: CarriedTable,
  buckets: readonly number[] | undefined,
  conditions: readonly string[],
): string {
  const chosen = !buckets ? [] : [`${bucketSql(table)} = ANY (${quoteLiteral(`{${buckets.join(",")}}`)}::int[])`];
  return `SELECT ${namesSql(table.columns)} FROM ${fromSql(table)}${whereSql([...conditions, ...chosen])}`;
}

/** A page of rows in the order of their key. @param after key of the last row of the page before */
export function pageSql(
  table: CarriedTable,
  after: readonly string[] | undefined,
  limit: number,
  conditions: readonly string[],
): string {
  const { key, columns } = table;
  const order = namesSql(key);
  const bound = key.map(({ type }, at) => `${quoteLiteral(after?.[at] ?? "")}::${type}`).join(", ");
  const where = whereSql([...conditions, ...(after ? [`(${order}) > (${bound})`] : [])]);
  return `SELECT ${namesSql(columns)} FROM ${fromSql(table)}${where} ORDER BY ${order} FETCH FIRST ${limit} ROWS ONLY`;
}

/**
 * The same of rows without a key, each after its hash, in the order of those. Rows of one hash are equal, so that it does not matter which
 * of them a page had already.
 * @param after hash of the last row of the page before, and how many rows of it were given
 */
export function loosePageSql(
  table: CarriedTable,
  [hash, given = "0"]: readonly string[],
  limit: number,
  conditions: readonly string[],
): string {
  const order = rowHash(table.columns);
  const where = whereSql([...conditions, ...(hash ? [`${order} >= ${quoteLiteral(hash)}::bigint`] : [])]);
  return `SELECT ${order}, ${namesSql(table.columns)} FROM ${fromSql(table)}${where} ORDER BY 1 OFFSET ${quoteLiteral(given)}::bigint FETCH FIRST ${limit} ROWS ONLY`;
}

import { quoteTable, type Table } from "@understudy/postgres";
import type { PersonalValues } from "../../plan/table-plan.ts";
import { fewestCharacters, fewestDigits, kindSql, mostDigits } from "./kind.ts";
import { digitsSql, normalizeSql } from "./normalize.ts";

/**
 * SQL for every form in which the personal values of a place are looked for: columns `kind` (t, d, w) and `form`. Of all rows:
 * a person whose row is not carried has no business in the copy either.
 */
export function formsSql(table: Table, personal: PersonalValues): string {
  const values = `(SELECT (${personal.values})::text AS value FROM ONLY ${quoteTable(table)} OFFSET 0)`;
  const written = `SELECT ${kindSql("form")} AS kind, form FROM ${normalizeSql(`(SELECT value FROM ${values} AS v WHERE value <> '')`)} AS n WHERE form <> ''`;
  if (personal.fingerprint === "text") return written;
  const isNumber = `pg_catalog.char_length(digits) BETWEEN ${fewestDigits} AND ${mostDigits} AND digits <> form`;
  return `SELECT forms.kind, forms.form
    FROM (SELECT kind, form, ${digitsSql("form")} AS digits FROM (${written} OFFSET 0) AS w OFFSET 0) AS w
    CROSS JOIN LATERAL (VALUES (w.kind, w.form), (CASE WHEN ${isNumber} THEN 'd' END, digits)) AS forms (kind, form)
    WHERE forms.kind IS NOT NULL`;
}

/**
 * SQL for their fingerprints: kind, hash and hash of the first characters, in hexadecimal digits.
 * @param encoding of the server. Hashes are always of UTF-8, in which the copy is read.
 */
export function fingerprintsSql(table: Table, personal: PersonalValues, seed: bigint, encoding: string): string {
  const bytes = (text: string) =>
    encoding === "UTF8" || encoding === "SQL_ASCII"
      ? text
      : `pg_catalog.convert_from(pg_catalog.convert_to(${text}, 'UTF8'), 'SQL_ASCII')`;
  // A seed of -2^63 as a literal would be a minus before a number too large.
  const hash = (text: string) => `pg_catalog.hashtextextended(${bytes(text)} COLLATE "C", '${seed}'::bigint)`;
  return `SELECT kind, pg_catalog.to_hex(${hash("form")}),
    CASE kind WHEN 'w' THEN '' ELSE pg_catalog.to_hex(${hash(`pg_catalog.left(form, ${fewestCharacters})`)} & 4294967295) END
    FROM (${formsSql(table, personal)} OFFSET 0) AS forms`;
}

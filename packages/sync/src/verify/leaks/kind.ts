import { digitsOf } from "./normalize.ts";

/**
 * How telling a value is, and so where a copy is searched for it:
 * - `text`: anywhere, as it is written;
 * - `digits`: a long number, anywhere, however its digits are grouped;
 * - `whole`: too common a word to mean anything in a sentence; only where it is all that a masked column holds.
 */
export type Kind = "text" | "digits" | "whole";

/** The kind of a normalized value, as it is written. SQL's twin: {@link kindSql}. */
export function kindOf(normalized: string): Kind {
  const length = [...normalized].length;
  const digits = digitsOf(normalized).length;
  if (digits === normalized.length) return digits >= fewestDigits ? "digits" : "whole";
  if (length < fewestCharacters) return "whole";
  if (/[@ ]/.test(normalized) || digits >= 7) return "text";
  return length >= 8 && digits > 0 && /[a-z]/.test(normalized) ? "text" : "whole";
}

/** SQL for {@link kindOf}, over a column name: one letter, `t`, `d` or `w`. */
export function kindSql(name: string): string {
  const without = `pg_catalog.translate(${name}, '0123456789', '')`;
  const length = `pg_catalog.char_length(${name})`;
  // What most values are comes first.
  return `CASE
    WHEN ${length} < ${fewestCharacters} THEN 'w'
    WHEN pg_catalog.strpos(${name}, '@') > 0 OR pg_catalog.strpos(${name}, ' ') > 0 THEN 't'
    WHEN ${without} = '' THEN CASE WHEN ${length} >= ${fewestDigits} THEN 'd' ELSE 'w' END
    WHEN ${length} - pg_catalog.char_length(${without}) >= 7 THEN 't'
    WHEN ${length} >= 8 AND ${without} <> ${name} AND pg_catalog.upper(${name} COLLATE "C") <> ${name} THEN 't'
    ELSE 'w' END`;
}

/** Of a number that is looked for by its digits: with fewer, ordinary numbers would be taken for it. */
export const fewestDigits = 10;

/** Longer numbers are nobody's telephone, card or account. */
export const mostDigits = 24;

/** Of a value that is looked for anywhere; by its first so many characters a place is found worth a closer look. */
export const fewestCharacters = 6;

/**
 * How values are made comparable. A copy is searched for the same form, whatever stands around it:
 * ASCII letters small, runs of white space and `+` (a blank in URLs) one blank, at most 96 characters, from the first letter or digit to the last.
 */
export function normalize(text: string): string {
  const small = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replace(/[ +\t\n\v\f\r]+/g, " ");
  return trimEnd([...trimStart(small)].slice(0, mostCharacters).join(""));
}

/** SQL that selects {@link normalize} of every text of a FROM item's column `value`, as `form`. */
export function normalizeSql(from: string): string {
  const small = `pg_catalog.translate(pg_catalog.lower(value COLLATE "C"), E'+\\t\\n\\x0b\\f\\r', '      ')`;
  const steps = [
    // Regular expressions and trimming by a long list are slow, and few values need them.
    `CASE WHEN pg_catalog.strpos(form, '  ') > 0 THEN pg_catalog.regexp_replace(form, ' +', ' ', 'g') ELSE form END`,
    `CASE WHEN ${isWord("form")} THEN form ELSE pg_catalog.ltrim(form, ${trimmed}) END`,
    `pg_catalog.left(form, ${mostCharacters})`,
    `CASE WHEN ${isWord("pg_catalog.right(form, 1)")} THEN form ELSE pg_catalog.rtrim(form, ${trimmed}) END`,
  ];
  // OFFSET 0 keeps the planner from computing a step as often as the next one names it.
  return steps.reduce(
    (inner, step) => `(SELECT ${step} AS form FROM ${inner} AS s OFFSET 0)`,
    `(SELECT ${small} AS form FROM ${from} AS s OFFSET 0)`,
  );
}

/** The digits alone of a normalized value. */
export function digitsOf(normalized: string): string {
  return normalized.replace(/[^0-9]+/g, "");
}

/** SQL for {@link digitsOf}. */
export function digitsSql(normalized: string): string {
  const plain = `pg_catalog.translate(${normalized}, ' -().', '')`;
  // A regular expression costs ten times as much: only where something rare stands between the digits.
  return `CASE WHEN pg_catalog.translate(${plain}, '0123456789', '') = '' THEN ${plain}
    ELSE pg_catalog.regexp_replace(${normalized}, '[^0-9]+', '', 'g') END`;
}

/** Longer values are looked for by their first characters. */
export const mostCharacters = 96;

/** SQL for whether a text without capital letters begins with a letter or digit. */
function isWord(text: string): string {
  const code = `pg_catalog.ascii(${text})`;
  return `${code} BETWEEN 97 AND 122 OR ${code} BETWEEN 48 AND 57 OR ${code} > 127`;
}

/** All of ASCII that is neither letter nor digit; text of Postgres has no zero byte. */
const punctuation = Array.from({ length: 127 }, (_, index) => String.fromCharCode(index + 1))
  .filter((character) => !/[0-9A-Za-z]/.test(character))
  .join("");

const trimmed = `E'${[...punctuation].map((character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`).join("")}'`;

function trimStart(text: string): string {
  let start = 0;
  while (start < text.length && punctuation.includes(text[start] as string)) start++;
  return text.slice(start);
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && punctuation.includes(text[end - 1] as string)) end--;
  return text.slice(0, end);
}

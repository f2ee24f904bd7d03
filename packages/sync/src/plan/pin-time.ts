import { quoteLiteral } from "@understudy/postgres";

/**
 * A condition in which the present is one moment. Sessions begin their transactions at different times, and a copy that goes on
 * begins once more: with `now()` each would choose other rows.
 * @param at ISO 8601
 */
export function pinTime(sql: string, at: string): string {
  const moment = `${quoteLiteral(at)}::timestamptz`;
  // Literals and quoted names are matched first, to be left as they are.
  return sql.replace(
    /'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])(?:(?:pg_catalog\.)?(?:now|transaction_timestamp|statement_timestamp|clock_timestamp)\s*\(\s*\)|(current_timestamp|localtimestamp|current_date)\b)/gi,
    (found, word: string | undefined) => {
      if (found.startsWith("'") || found.startsWith('"')) return found;
      if (word?.toLowerCase() === "current_date") return `(${moment})::date`;
      return word?.toLowerCase() === "localtimestamp" ? `(${moment})::timestamp` : `(${moment})`;
    },
  );
}

const inWord = "A-Za-z0-9_\\u0080-\\U0010ffff";

/**
 * SQL of a text with every word replaced by `Test` that is a word of one of the names, whatever its case. Words of one or two letters stay.
 * @param names SQL query of names, one a row; it runs once a query, its words are kept in a hash table.
 */
export function withoutNames(value: string, names: string): string {
  // DISTINCT: the planner believes in far more words without it, and gives up the hash table.
  const known = `SELECT DISTINCT lower(word COLLATE "default") FROM (${names}) AS known(name),
    regexp_split_to_table(name COLLATE "C", '[^${inWord}]+') AS word WHERE char_length(word) > 2`;
  return `(SELECT string_agg(CASE WHEN lower(part[1] COLLATE "default") IN (${known}) THEN 'Test' ELSE part[1] END, '' ORDER BY place)
    FROM regexp_matches(${value} COLLATE "C", '[${inWord}]+|[^${inWord}]+', 'g') WITH ORDINALITY AS parts(part, place))`;
}

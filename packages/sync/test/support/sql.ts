/** A JSON document, as SQL writes it. */
export function json(value: unknown): string {
  return `'${JSON.stringify(value).replaceAll("'", "''")}'`;
}

/** More rows like the first of a table, each with other values in some columns. */
export function like(table: string, rows: readonly object[]): string {
  return `INSERT INTO ${table} SELECT made.* FROM jsonb_array_elements(${json(rows)}) AS planted,
    jsonb_populate_record((SELECT first FROM ${table} AS first LIMIT 1), planted) AS made`;
}

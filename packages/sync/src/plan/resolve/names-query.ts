import { type Catalog, quoteName, quoteTable } from "@understudy/postgres";

/**
 * The words that free text is scrubbed of: a query over the columns that a policy names, `schema.table.column` each.
 * @returns undefined for none; the names that are no columns, as text, in `missing`.
 */
export function namesQuery(
  columns: readonly string[],
  { tables }: Catalog,
): { sql: string | undefined; missing: string[] } {
  const found = columns.map((said) => {
    const table = tables.find(
      ({ id, columns: own }) => said.startsWith(`${id}.`) && own.some(({ name }) => `${id}.${name}` === said),
    );
    return table && `SELECT ${quoteName(said.slice(table.id.length + 1))}::text FROM ${quoteTable(table)}`;
  });
  const queries = found.filter((query) => query !== undefined);
  return {
    sql: queries.length ? queries.join(" UNION ") : undefined,
    missing: columns.filter((_, index) => found[index] === undefined),
  };
}

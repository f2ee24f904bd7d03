/** What of pg_class a catalog tells of: neither Postgres' own nor temporary. */
export const userTables = `
  SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'm') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** SQL: the names of columns, in order. @param numbers an array of attnum; what is no column (0) is left out. */
export function columnNames(table: string, numbers: string): string {
  return `ARRAY(
    SELECT a.attname::text FROM unnest(${numbers}) WITH ORDINALITY AS numbered (attnum, place)
    JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = numbered.attnum ORDER BY place)`;
}

/** Rows by the oid of their table, each made into what the catalog holds. */
export class OfTable<Item> {
  readonly #items = new Map<number, Item[]>();

  constructor(entries: Iterable<readonly [table: number, item: Item]>) {
    for (const [table, item] of entries) {
      const items = this.#items.get(table);
      if (items) items.push(item);
      else this.#items.set(table, [item]);
    }
  }

  get(table: number): readonly Item[] {
    return this.#items.get(table) ?? [];
  }
}

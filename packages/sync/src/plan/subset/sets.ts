/** Gives a set of rows that a query reads, as it stands in a FROM. */
export interface SetReader {
  /**
   * @param name for people; the same name is the same set
   * @param query gives its rows; it may read other sets, and itself
   */
  read(name: string, query: (sets: SetReader) => string, options?: { readonly materialized: boolean }): string;
}

/** Sets that one query reads, each written once, however often it is read. */
export class Sets implements SetReader {
  readonly #sets = new Map<string, { readonly alias: string; text: string }>();

  read(name: string, query: (sets: SetReader) => string, { materialized } = { materialized: false }): string {
    const known = this.#sets.get(name);
    if (known) return known.alias;
    const set = { alias: `"set ${this.#sets.size + 1}"`, text: "" };
    this.#sets.set(name, set);
    set.text = `${set.alias} AS ${materialized ? "MATERIALIZED " : ""}(${query(this)})`;
    return set.alias;
  }

  /** A query, after the sets that it read when it was written. */
  before(query: string): string {
    const sets = [...this.#sets.values()].map(({ text }) => text);
    return sets.length ? `WITH RECURSIVE ${sets.join(", ")} ${query}` : query;
  }
}

/** Writes each set out where it is read: for conditions that stand in somebody else's query. */
export const inline: SetReader = {
  read: (name, query) => {
    const sets = new Sets();
    const set = sets.read(name, query);
    return `(${sets.before(`SELECT * FROM ${set}`)})`;
  },
};

import { UserError } from "@understudy/core";

const pageSize = 65_536;
const largest = 2 ** 32 - 2;

/** Which node of the copy stands for which of the source, by Neo4j's own ids: 8 bytes for each node. */
export class IdMap {
  readonly #copies = new Table();
  readonly #sources = new Table();

  set(source: number, copy: number): void {
    this.#copies.set(source, copy);
    this.#sources.set(copy, source);
  }

  copyOf(source: number): number | undefined {
    return this.#copies.get(source);
  }

  sourceOf(copy: number): number | undefined {
    return this.#sources.get(copy);
  }
}

/** Ids of a store are dense, so that pages of an array hold them. 0 is an id, so each is kept one higher. */
class Table {
  readonly #pages: Uint32Array[] = [];

  set(from: number, to: number): void {
    if (Math.max(from, to) > largest)
      throw new UserError(`Neo4j gave a node the id ${Math.max(from, to)}: more than a copy can hold`);
    const page = Math.floor(from / pageSize);
    this.#pages[page] ??= new Uint32Array(pageSize);
    this.#pages[page][from % pageSize] = to + 1;
  }

  get(from: number): number | undefined {
    const kept = this.#pages[Math.floor(from / pageSize)]?.[from % pageSize];
    return kept ? kept - 1 : undefined;
  }
}

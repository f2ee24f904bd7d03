import { problem } from "../tree/problem.ts";
import { child, entriesOf, itemsOf, type Position, type Tree } from "../tree/tree.ts";
import { parseBytes, parseDuration } from "../units.ts";

/** Reads the values of one mapping; every mistake names the place, the subject and the key. */
export class Fields {
  readonly #tree: Tree | undefined;
  readonly #subject: string;
  readonly #prefix: string;

  constructor(tree: Tree | undefined, subject: string, prefix = "") {
    this.#tree = tree;
    this.#subject = subject;
    this.#prefix = prefix;
  }

  get(key: string): Tree | undefined {
    return child(this.#tree, key);
  }

  inside(key: string): Fields {
    return new Fields(this.get(key), this.#subject, `${this.#prefix}${key}.`);
  }

  text(key: string): string | undefined {
    const value = this.get(key);
    return value?.kind === "scalar" ? String(value.value) : undefined;
  }

  list(key: string): string[] {
    return itemsOf(this.get(key)).map((item) => (item.kind === "scalar" ? String(item.value) : ""));
  }

  map(key: string): Record<string, string> {
    return Object.fromEntries(
      entriesOf(this.get(key)).map(([name, { value }]) => [
        name,
        value.kind === "scalar" && value.value !== null ? String(value.value) : "",
      ]),
    );
  }

  flag(key: string): boolean | undefined {
    return this.#read(key, "true or false", (text) => ({ true: true, false: false })[text.toLowerCase()]);
  }

  integer(key: string): number | undefined {
    return this.#read(key, "a whole number", (text) => (/^-?\d+$/.test(text) ? Number(text) : undefined));
  }

  decimal(key: string): number | undefined {
    return this.#read(key, "a number", (text) => (/^\d*\.?\d+$/.test(text) ? Number(text) : undefined));
  }

  /** One of a few words. */
  choice<Word extends string>(key: string, ...words: Word[]): Word | undefined {
    return this.#read(key, words.join(" or "), (text) => words.find((word) => word === text));
  }

  /** ms */
  duration(key: string): number | undefined {
    return this.#read(key, "a duration such as 30s or 1m30s", parseDuration);
  }

  bytes(key: string): number | undefined {
    return this.#read(key, "a size such as 512m or 2g", parseBytes);
  }

  /** Permission bits. As a number the reader has already taken a leading zero as octal; as text it is octal too. */
  mode(key: string): number | undefined {
    const value = this.get(key);
    if (value?.kind === "scalar" && typeof value.value === "number") return value.value;
    return this.#read(key, "permission bits such as 0444", (text) =>
      /^(0o)?[0-7]+$/.test(text) ? Number.parseInt(text.replace("0o", ""), 8) : undefined,
    );
  }

  /** Throws about a key of this mapping. */
  refuse(key: string, message: string, next?: string): never {
    throw problem(this.at(key), this.#subject, `'${this.#prefix}${key}' ${message}`, next);
  }

  at(key: string): Position {
    const at = this.get(key)?.at ?? this.#tree?.at;
    if (!at) throw new Error(`no position for '${this.#prefix}${key}'`);
    return at;
  }

  #read<T>(key: string, expected: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) this.refuse(key, `is '${text}', which is not ${expected}`);
    return value;
  }
}

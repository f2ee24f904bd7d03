import { readDollarQuoted } from "./literal.ts";

/** Reads a statement from front to back. Everything throws a SyntaxError where the text is another than expected. */
export class Reader {
  readonly #text: string;
  #place: number;

  constructor(text: string, from: number) {
    this.#text = text;
    this.#place = from;
  }

  /** Go past the next part of the text. */
  expect(part: string): this {
    if (!this.#text.startsWith(part, this.#place)) throw new SyntaxError(`"${part.trim()}" is not where it belongs`);
    this.#place += part.length;
    return this;
  }

  /** A text as `quoteLiteral` writes it, or NULL. */
  literal(): string | null {
    const pattern = /NULL|(?<escapes>E?)'(?<inner>(?:[^']|'')*)'/y;
    pattern.lastIndex = this.#place;
    const found = pattern.exec(this.#text);
    if (!found) throw new SyntaxError("a text is not where it belongs");
    this.#place = pattern.lastIndex;
    const { escapes, inner } = found.groups ?? {};
    if (inner === undefined) return null;
    const text = inner.replaceAll("''", "'");
    return escapes ? text.replaceAll("\\\\", "\\") : text;
  }

  /** Dollar-quoted JSON. */
  json(): unknown {
    const found = readDollarQuoted(this.#text, this.#place);
    if (!found) throw new SyntaxError("JSON is not where it belongs");
    this.#place = found.end;
    return JSON.parse(found.inner);
  }
}

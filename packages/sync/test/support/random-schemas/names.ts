import type { Dice } from "./dice.ts";

const strange = [
  "plain",
  "order",
  'Größe "XL"',
  "it's",
  "dot.ted",
  "with space",
  "CamelCase",
  "semi;colon",
  "back\\slash",
  "漢字",
  "🎈",
  "percent%s",
  "$1",
  "constructor",
  "tab\there",
  "line\nbreak",
  "-- comment",
  "$$",
  "{brace}",
  "elements",
  "row",
  "value",
  "n".repeat(60),
];

/** Names that databases allow and programs stumble over, each once. */
export class Names {
  readonly #dice: Dice;
  readonly #given = new Set<string>();

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  next(): string {
    const name = this.#dice.one(strange);
    const free = this.#given.has(name) ? `${name}${this.#given.size}` : name;
    this.#given.add(free);
    return free;
  }
}

import fc, { type GeneratorValue } from "fast-check";

/** fast-check likes the ends of a range better, and so would make what is rare frequent. */
const evenly = (min: number, max: number) => fc.noBias(fc.integer({ min, max }));

/** Chances of one random schema, in words. They shrink towards the first of several things, and towards no. */
export class Dice {
  readonly #value: GeneratorValue;

  constructor(value: GeneratorValue) {
    this.#value = value;
  }

  /** A whole number; both ends are possible. */
  number(min: number, max: number): number {
    return this.#value(evenly, min, max);
  }

  chance(percent: number): boolean {
    return this.number(0, 99) >= 100 - percent;
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.number(0, items.length - 1)] as Item;
  }

  /** Different ones, in their order. */
  some<Item>(items: readonly Item[], { min = 0, max = items.length } = {}): Item[] {
    const wanted = this.number(Math.min(min, items.length), Math.min(max, items.length));
    const left = [...items];
    while (left.length > wanted) left.splice(this.number(0, left.length - 1), 1);
    return left;
  }
}

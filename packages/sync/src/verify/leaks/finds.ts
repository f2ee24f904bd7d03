import type { Kind } from "./kind.ts";

/** A value of the copy that seems to be one of production's. It is raw where it is one: never write it anywhere. */
export interface Find {
  readonly kind: Kind;
  /** Normalized. */
  readonly value: string;
  /** How often it stands where. */
  readonly places: Map<string, number>;
}

/** What a search has come upon and nobody has proven yet. */
export class Finds {
  readonly #finds = new Map<string, Find>();
  readonly #numbers = new Map<string, number>();

  /** So many different ones that they should be proven before more come. */
  get isFull(): boolean {
    return this.#finds.size >= mostFinds;
  }

  add(kind: Kind, value: string, place: string): void {
    const key = kind + value;
    let find = this.#finds.get(key);
    if (!find) {
      find = { kind, value, places: new Map() };
      this.#finds.set(key, find);
    }
    find.places.set(place, (find.places.get(place) ?? 0) + 1);
  }

  /** So many long numbers were looked at in a place, found or not. */
  countNumbers(place: string, count: number): void {
    this.#numbers.set(place, (this.#numbers.get(place) ?? 0) + count);
  }

  numbersIn(place: string): number {
    return this.#numbers.get(place) ?? 0;
  }

  /** All there are, which it then forgets. */
  take(): Find[] {
    const finds = [...this.#finds.values()];
    this.#finds.clear();
    return finds;
  }
}

const mostFinds = 20_000;

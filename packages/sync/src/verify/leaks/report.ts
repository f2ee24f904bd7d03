import type { Finds } from "./finds.ts";
import type { Kind } from "./kind.ts";

/** A find that is one of production's values. Without the value. */
export interface Proof {
  readonly kind: Kind;
  /** Where production has it, e.g. `app: public.customers.email`. */
  readonly sources: readonly string[];
  /** How often it stands where in the copy. */
  readonly places: ReadonlyMap<string, number>;
}

/** Personal values of production that stand in a place of the copy. */
export interface Leak {
  /** Where in the copy, e.g. `app: public.notes.body`. */
  readonly place: string;
  /** Where production has them, e.g. `app: public.customers.email`. */
  readonly sources: readonly string[];
  /** How often; more may be there when the search was ended early. */
  readonly count: number;
}

export interface LeakReport {
  /** The copy must not be used unless there are none. */
  readonly leaks: readonly Leak[];
  /**
   * Numbers that happen to be the digits of a telephone number or card: so few of a place's numbers that chance explains them.
   * No leaks, but worth a look.
   */
  readonly coincidences: readonly Leak[];
}

/** What was proven, by place; never a value. */
export function leakReport(proofs: readonly Proof[], finds: Finds): LeakReport {
  const leaks = new Map<string, MutableLeak>();
  const numbers = new Map<string, MutableLeak>();
  for (const { kind, sources, places } of proofs) {
    for (const [place, count] of places) add(kind === "digits" ? numbers : leaks, place, sources, count);
  }
  const byChance = [...numbers.values()].filter(
    ({ place, count }) => !leaks.has(place) && count / Math.max(1, finds.numbersIn(place)) < chance,
  );
  for (const { place, sources, count } of numbers.values()) {
    if (!byChance.some((leak) => leak.place === place)) add(leaks, place, [...sources], count);
  }
  return { leaks: sorted(leaks.values()), coincidences: sorted(byChance) };
}

interface MutableLeak {
  readonly place: string;
  readonly sources: Set<string>;
  count: number;
}

function add(leaks: Map<string, MutableLeak>, place: string, sources: readonly string[], count: number): void {
  const leak = leaks.get(place) ?? { place, sources: new Set(), count: 0 };
  for (const source of sources) leak.sources.add(source);
  leak.count += count;
  leaks.set(place, leak);
}

function sorted(leaks: Iterable<MutableLeak>): Leak[] {
  return [...leaks]
    .map(({ place, sources, count }) => ({ place, sources: [...sources].sort(), count }))
    .sort((a, b) => b.count - a.count || (a.place < b.place ? -1 : 1));
}

/** Of ten-digit numbers, five million telephone numbers make up one in two thousand. */
const chance = 1 / 1_000;

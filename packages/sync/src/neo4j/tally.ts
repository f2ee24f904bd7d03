import { hash } from "node:crypto";

/** How many elements of each kind there are, and a sum of their hashes: equal whatever the order they came in. */
export class Tally {
  readonly #kinds = new Map<string, { count: number; low: bigint; high: bigint }>();

  /** @param element a text that differs from that of any other element. */
  add(kind: string, element: string): void {
    const digest = hash("sha256", element, "buffer");
    const sum = this.#kinds.get(kind) ?? { count: 0, low: 0n, high: 0n };
    this.#kinds.set(kind, {
      count: sum.count + 1,
      low: BigInt.asUintN(64, sum.low + digest.readBigUInt64LE(0)),
      high: BigInt.asUintN(64, sum.high + digest.readBigUInt64LE(8)),
    });
  }

  counts(): Record<string, number> {
    return Object.fromEntries([...this.#kinds].map(([kind, { count }]) => [kind, count]).sort());
  }

  /** What another one has more, less or differently, in words. */
  differences(found: Tally): string[] {
    const kinds = [...new Set([...this.#kinds.keys(), ...found.#kinds.keys()])].sort();
    return kinds.flatMap((kind) => {
      const [a, b] = [this.#kinds.get(kind), found.#kinds.get(kind)];
      if (a?.count !== b?.count) return [`${kind}: ${b?.count ?? 0} instead of ${a?.count ?? 0}`];
      return a?.low === b?.low && a?.high === b?.high ? [] : [`${kind}: their content differs`];
    });
  }
}

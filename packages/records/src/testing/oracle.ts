import type { Row } from "../values/kind.ts";

/** A write that somebody made, under a token that nobody else writes. */
interface Made {
  readonly token: string;
  readonly key: string;
  readonly by: string;
  readonly kind: "write" | "soft delete" | "hard delete";
  /** Tokens that it took the place of, as whoever made it saw them. */
  readonly over: readonly string[];
  /** Whoever made it knew that the record had been deleted. */
  readonly anew?: boolean;
  /** It was a deletion, and is forgotten: who then makes the record, without ever having seen it, makes a new one. */
  purged?: boolean;
}

/** What is known at the end: live rows of the server, and whatever is in histories. */
export interface Ending {
  readonly rows: ReadonlyMap<string, Row>;
  readonly history: readonly {
    readonly key: string;
    readonly by: string;
    readonly operation: string;
    readonly row: Row | null;
  }[];
}

/** The reference model: it knows every write and what its writer had seen, and nothing of versions, packets or clocks. */
export class Oracle {
  readonly #made: Made[] = [];
  #count = 0;

  note(made: Omit<Made, "token">): string {
    const token = `${made.kind === "write" ? "w" : "d"}${++this.#count}`;
    // Who makes a record anew that they deleted themselves takes that back.
    const before = this.#made.findLast(({ key, by }) => key === made.key && by === made.by);
    const anew = made.over.length === 0 && before?.kind === "hard delete";
    this.#made.push({ ...made, token, over: anew ? [before.token] : made.over });
    return token;
  }

  /** The write did not happen after all. */
  takeBack(token: string): void {
    this.#made.splice(
      this.#made.findIndex((made) => made.token === token),
      1,
    );
  }

  /** A writer dropped all that it had written to a record since it, or the server, was done with that, and nobody else has heard of it. */
  forget(key: string, by: string): void {
    const own = this.#made.filter((one) => one.key === key && one.by === by);
    const since = own.findLastIndex(({ kind, purged }) => kind === "hard delete" || purged) + 1;
    for (const made of own.slice(since)) this.takeBack(made.token);
  }

  /** The server has forgotten that a record was ever deleted. */
  purge(key: string): void {
    for (const made of this.#made) if (made.key === key && made.kind !== "write") made.purged = true;
  }

  /** Writes of which nothing is left: not the row, no history, nobody who had seen them wrote over them. */
  lost(ending: Ending): string[] {
    const kept = new Set(ending.history.flatMap(({ row }) => tokensOf(row)));
    for (const row of ending.rows.values()) for (const token of tokensOf(row)) kept.add(token);
    const accounted = new Set<string>();
    // Who took something's place came later: from the last to the first.
    for (const made of this.#made.toReversed()) {
      const isLeft = kept.has(made.token) || accounted.has(made.token) || this.#stands(made, ending);
      if (!isLeft && !this.#wasSeen(made, accounted)) continue;
      accounted.add(made.token);
      for (const token of made.over) accounted.add(token);
    }
    return this.#made
      .filter(({ token }) => !accounted.has(token))
      .map((made) => `${made.token} (${made.kind} of ${made.key} by ${made.by})`);
  }

  /** A deletion after which somebody made the record anew took effect, whatever became of that. */
  #wasSeen(deletion: Made, accounted: ReadonlySet<string>): boolean {
    if (deletion.kind === "write") return false;
    const later = this.#made.slice(this.#made.indexOf(deletion) + 1);
    return later.some(({ key, anew, token }) => anew && key === deletion.key && accounted.has(token));
  }

  /** A deletion leaves nothing but absence, or an entry without a row. */
  #stands({ key, kind, over, purged }: Made, { rows, history }: Ending): boolean {
    if (kind === "write") return false;
    if (purged) return true;
    const row = rows.get(key);
    if (!row || row.is_deleted === "true") return true;
    // Two who deleted it did the same, and share what became of that.
    const entries = history.filter((one) => one.key === key && one.operation === "DELETE");
    if (kind === "soft delete") return entries.length > 0;
    const deleters = new Set(this.#made.filter((one) => one.key === key && one.kind !== "write").map((one) => one.by));
    const live = tokensOf(row);
    return (
      entries.some((one) => deleters.has(one.by)) ||
      // It took effect: what stands was made by somebody who saw that it was gone, or never saw it.
      !over.some((token) => live.includes(token))
    );
  }
}

function tokensOf(row: Row | null): string[] {
  return [row?.a, row?.b].filter((token) => typeof token === "string");
}

/** Values that are easily spoilt, one set for each token. */
export function valuesOf(token: string): { readonly n: bigint; readonly x: number; readonly d: string } {
  const number = Number(token.slice(1));
  return { n: 9_007_199_254_740_993n + BigInt(number), x: 0.1 + number * 1e-9, d: `${number}.10` };
}

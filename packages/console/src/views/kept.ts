interface Kept {
  readonly at: number;
  readonly answer: Promise<unknown>;
}

/**
 * Remembers answers that are dear, for a while: who asks again while one is being found out waits for that one. A failure is
 * not remembered.
 */
export class KeptAnswers {
  readonly #kept = new Map<string, Kept>();
  readonly #life: number;
  readonly #clock: () => number;

  /** @param life ms */
  constructor(life: number, clock: () => number = Date.now) {
    this.#life = life;
    this.#clock = clock;
  }

  get<T>(key: string, find: () => Promise<T>): Promise<T> {
    const now = this.#clock();
    for (const [old, { at }] of this.#kept) if (now - at >= this.#life) this.#kept.delete(old);
    const found = this.#kept.get(key);
    if (found) return found.answer as Promise<T>;
    const answer = find();
    this.#kept.set(key, { at: now, answer });
    answer.catch(() => {
      if (this.#kept.get(key)?.answer === answer) this.#kept.delete(key);
    });
    return answer;
  }

  /** Something was changed: all answers may be others now; or one is asked for anew. */
  forget(key?: string): void {
    if (key === undefined) this.#kept.clear();
    else this.#kept.delete(key);
  }
}

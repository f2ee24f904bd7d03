/** How far back speed is measured, ms: long enough to be calm, short enough to notice a change. */
const memory = 10_000;

/** Bytes per second over the last seconds, and when the rest will be through. */
export class Speed {
  readonly #marks: { readonly at: number; readonly bytes: number }[] = [];

  /** @param bytes all so far @param now ms, never going back */
  note(bytes: number, now: number): void {
    this.#marks.push({ at: now, bytes });
    // The last one that is older stays, so that there is always something to measure from.
    while (this.#marks.length > 2 && (this.#marks[1]?.at ?? now) <= now - memory) this.#marks.shift();
  }

  /** null: not known yet. */
  perSecond(): number | null {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (!first || !last || last.at <= first.at) return null;
    return (1_000 * (last.bytes - first.bytes)) / (last.at - first.at);
  }

  /** Seconds; null: not known, or nothing moves. */
  secondsFor(bytes: number): number | null {
    const speed = this.perSecond();
    if (bytes <= 0) return 0;
    return speed === null || speed <= 0 ? null : Math.ceil(bytes / speed);
  }
}

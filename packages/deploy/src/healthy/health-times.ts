/** How long services that were started in this run took to become healthy, for the next plan's "~10 s down". */
export class HealthTimes {
  readonly #seconds = new Map<string, number>();

  /** Note when a service was first seen healthy. What started before this process did is no measure. */
  note(service: string, secondsSinceStart: number): void {
    const startedHere = secondsSinceStart < performance.now() / 1_000;
    if (startedHere && !this.#seconds.has(service)) this.#seconds.set(service, Math.round(secondsSinceStart * 10) / 10);
  }

  /** Earlier figures, with those of this run in their place. */
  over(earlier: Readonly<Record<string, number>>): Record<string, number> {
    return { ...earlier, ...Object.fromEntries(this.#seconds) };
  }
}

import type { Beat } from "../checks/check.ts";
import type { History } from "../history/history.ts";

/** The last signs of life of scheduled jobs: in memory for the checks, in the history for the next run. */
export class Beats {
  readonly #history: History;
  readonly #last: Map<string, Beat>;

  private constructor(history: History, last: Map<string, Beat>) {
    this.#history = history;
    this.#last = last;
  }

  static async load(history: History): Promise<Beats> {
    const known = await history.lastBeats();
    return new Beats(history, new Map(known.map(({ name, ...beat }) => [name, beat])));
  }

  last(name: string): Beat | undefined {
    return this.#last.get(name);
  }

  /** @throws HistoryUnavailable when it cannot be kept: the job should call again */
  async beat(name: string, kind: Beat["kind"], at: number): Promise<void> {
    await this.#history.beat(name, kind, at);
    const lastSuccess = kind === "success" ? at : this.#last.get(name)?.lastSuccess;
    this.#last.set(name, { kind, at, lastSuccess });
  }
}

import { type Engine, label } from "@understudy/core";
import { Watchdog, type Writers } from "./watchdog.ts";

/** A watchdog on every machine that has writers of a stack: one, but in a swarm. When one of them ends, the others let their writers go on. */
export class Watchdogs implements AsyncDisposable {
  readonly #all: readonly Watchdog[];

  private constructor(all: readonly Watchdog[]) {
    this.#all = all;
  }

  /** @param deadline how long the writers stand still at most, ms. */
  static async start(engine: Engine, writers: Writers, deadline: number): Promise<Watchdogs> {
    const machines = Map.groupBy(writers.containers, ({ Config }) => Config.Labels[label.node]);
    const groups = machines.size ? [...machines] : [[undefined, []] as const];
    const started = await Promise.allSettled(
      groups.map(([machine, containers]) => Watchdog.start(engine, { ...writers, containers }, machine, deadline)),
    );
    const watchdogs = new Watchdogs(started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])));
    const failed = started.find((one) => one.status === "rejected");
    if (!failed) return watchdogs;
    await watchdogs[Symbol.asyncDispose]();
    throw failed.reason;
  }

  /** The next line of each, as one. @returns none when one of them was killed */
  async next(): Promise<readonly string[]> {
    const lines = await Promise.all(
      this.#all.map(async (watchdog) => {
        const line = await watchdog.next();
        if (line.length === 0 || line[0] === "expired") this.end();
        return line;
      }),
    );
    return asOne(lines);
  }

  /** Have them stop the writers. */
  stopWriters(): void {
    for (const watchdog of this.#all) watchdog.stopWriters();
  }

  /** Have them let the writers go on, and end. */
  end(): void {
    for (const watchdog of this.#all) watchdog.end();
  }

  /** They let the writers go on before they end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((watchdog) => watchdog[Symbol.asyncDispose]()));
  }
}

/** What all of them say: containers of all, the longest time. One that was killed, or whose time is up, speaks for all. Pure. */
export function asOne(lines: readonly (readonly string[])[]): readonly string[] {
  if (lines.some((line) => line.length === 0)) return [];
  const words = lines.map(([word = ""]) => word);
  const word = words.find((one) => one === "expired") ?? words[0] ?? "";
  const rest = lines.flatMap(([, ...more]) => more);
  return word === "ready" || word === "held" ? [word, ...rest] : [word, String(Math.max(...rest.map(Number)))];
}

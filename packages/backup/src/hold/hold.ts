import { type Engine, UserError } from "@understudy/core";
import { continueAll, continuedBy } from "./continue-all.ts";
import { assertSameRuns, namesOf, type Runs, runsOf } from "./runs.ts";
import type { Writers } from "./watchdog.ts";
import { Watchdogs } from "./watchdogs.ts";

export interface HoldOptions extends Writers {
  /** How long the writers stand still at most, whatever happens; ms. */
  readonly deadline: number;
}

/**
 * The writers of a stack stand still (SIGSTOP) while a moment across all stores is taken; who calls them waits. Two watch
 * each other: a watchdog on the host (on each machine of a swarm) lets the writers go on when we end, however we end, or at the deadline; we do when
 * the watchdog is killed. When both are killed at once, the next hold or `continueAll` sets it right.
 * One at a time: only under the environment's lock.
 */
export class Hold implements AsyncDisposable {
  /** The names of containers that a killed hold had left standing still; they run again. */
  readonly continued: readonly string[];
  readonly #engine: Engine;
  readonly #options: HoldOptions;
  readonly #watchdogs: Watchdogs;
  #before: Runs = [];
  #stoodStill: Promise<number> | undefined;
  #released: Promise<number> | undefined;

  private constructor(engine: Engine, options: HoldOptions, watchdogs: Watchdogs, continued: readonly string[]) {
    this.continued = continued;
    this.#engine = engine;
    this.#options = options;
    this.#watchdogs = watchdogs;
  }

  /** Start the watchdog ahead of time, so that the hold itself is short. The writers run on. */
  static async prepare(engine: Engine, options: HoldOptions): Promise<Hold> {
    await using started = new AsyncDisposableStack();
    const watchdogs = started.use(await Watchdogs.start(engine, options, options.deadline));
    const continued = await continuedBy(watchdogs, options);
    started.move();
    return new Hold(engine, options, watchdogs, continued);
  }

  /** Once it resolves, every process of every writer stands still. @throws UserError when they do not; all run on then. */
  async begin(): Promise<void> {
    const { containers } = this.#options;
    this.#before = await runsOf(this.#engine, containers);
    this.#watchdogs.stopWriters();
    const [word, ...held] = await this.#watchdogs.next();
    if (word !== "held") throw await this.#failure(word);
    this.#stoodStill = this.#untilReleased();
    this.#stoodStill.catch(() => {}); // Told by release.
    const missing = containers.filter(({ Id, State }) => State.Running && !held.includes(Id));
    if (missing.length === 0) return;
    this.#watchdogs.end();
    throw new UserError(`No process of ${namesOf(missing)} is to be seen on ${this.#engine.host}`, {
      next: "See with pnpm status whether it runs, and run again",
    });
  }

  /**
   * Let the writers go on. Calling it again gives the same.
   * @returns how long they stood still, ms.
   * @throws UserError when they went on before, or one of them was restarted: what was read meanwhile is not one moment.
   */
  release(): Promise<number> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /** The writers go on, and nobody is told whether they stood still all the time. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watchdogs[Symbol.asyncDispose]();
    await this.#stoodStill?.catch(() => {});
  }

  async #release(): Promise<number> {
    if (!this.#stoodStill) throw new Error("a hold was released that had not begun");
    this.#watchdogs.end();
    const stoodStill = await this.#stoodStill;
    const { containers } = this.#options;
    assertSameRuns(containers, this.#before, await runsOf(this.#engine, containers));
    return stoodStill;
  }

  async #untilReleased(): Promise<number> {
    const [word, stoodStill] = await this.#watchdogs.next();
    if (word !== "released") throw await this.#failure(word);
    return Number(stoodStill);
  }

  /** @param word the watchdog's last; none when it was killed, and then nobody but we will let the writers go on. */
  async #failure(word: string | undefined): Promise<UserError> {
    const { containers, deadline } = this.#options;
    if (word === undefined) await continueAll(this.#engine, this.#options);
    const writers = namesOf(containers);
    if (word === "expired") {
      return new UserError(`${writers} could not be held any longer than ${deadline} ms, and run on`, {
        next: "Run again when the machine has less to do: what was read meanwhile is not one moment",
      });
    }
    return new UserError(`What held ${writers} was ended from outside; they run on`, {
      next: "Run again: what was read meanwhile is not one moment",
    });
  }
}

import { type Log, messageOf } from "@understudy/core";
import type { Peers } from "../peers.ts";
import type { PeriodicStatus } from "../types.ts";
import { offStatus, Periodic } from "./periodic.ts";

/** ms between two words of who exchanges, and two looks of who stands by. */
const every = 5_000;

/**
 * Periodic sync of a server whose agent may run in several processes, `peers:serve` and the console: one exchanges, the others show what
 * that one says, and one of them goes on when it ends.
 */
export class SharedPeriodic implements AsyncDisposable {
  readonly #peers: Peers;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #own: Periodic | undefined;
  #looking: Promise<void> | undefined;

  /** @throws UserError when it is this process's turn and it cannot begin */
  static async open(peers: Peers, log: Log): Promise<SharedPeriodic> {
    const shared = new SharedPeriodic(peers, log);
    try {
      await shared.#look();
      return shared;
    } catch (error) {
      await shared[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(peers: Peers, log: Log) {
    this.#peers = peers;
    this.#log = log;
    const look = () =>
      this.#look().catch((error) => log.warn({ error: messageOf(error) }, "periodic sync does not begin"));
    this.#timer = setInterval(() => void look(), every).unref();
  }

  async status(): Promise<PeriodicStatus> {
    const { book, settings } = this.#peers;
    return (await this.#own?.status()) ?? book.periodicSeat.told() ?? offStatus(settings.periodic);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking?.catch(() => {});
    await this.#leave();
  }

  #look(): Promise<void> {
    this.#looking ??= this.#takeOrKeep().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #takeOrKeep(): Promise<void> {
    const { periodicSeat } = this.#peers.book;
    // A process that hung for long may find another one in its place.
    if (!periodicSeat.take()) return await this.#leave();
    if (!this.#own) {
      this.#log.info({}, "this process exchanges with the peer");
      this.#own = await Periodic.open(this.#peers, this.#log);
    }
    periodicSeat.tell(await this.#own.status());
  }

  async #leave(): Promise<void> {
    const own = this.#own;
    this.#own = undefined;
    await own?.[Symbol.asyncDispose]();
    this.#peers.book.periodicSeat.leave();
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { type Log, messageOf, type Settings } from "@understudy/core";
import { fillIn, type Values } from "../alerts/channels/fill-in.ts";
import type { CheckState } from "./check-state.ts";

/** For one request, ms. */
const patience = 10_000;

/** So old may the newest look be for the monitor to count as watching, in intervals. */
const stale = 3;

/**
 * Tells an outside watcher that the monitor watches: a request for every interval in which it really looked at something.
 * Whoever listens there alarms when the requests stay away, for which no monitor can alarm itself.
 */
export class DeadMan {
  readonly #url: string;
  readonly #interval: number;
  readonly #log: Log;
  #failed = false;

  private constructor(url: string, interval: number, log: Log) {
    this.#url = url;
    this.#interval = interval;
    this.#log = log;
  }

  /** Undefined when no such address is set. @throws UserError when it names a variable that has no value */
  static of({ deadManUrl, intervalSeconds }: Settings["monitor"], file: Values, log: Log): DeadMan | undefined {
    if (!deadManUrl) return undefined;
    const url = fillIn("monitor.deadManUrl", deadManUrl, file);
    return new DeadMan(url, intervalSeconds * 1_000, log);
  }

  async run({ states }: { readonly states: ReadonlyMap<string, CheckState> }, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#interval, undefined, { signal }).catch(() => {});
      const newest = Math.max(...[...states.values()].map(({ at }) => at));
      if (!signal.aborted && Date.now() - newest < stale * this.#interval) await this.#ping();
    }
  }

  async #ping(): Promise<void> {
    try {
      const { ok, status, body } = await fetch(this.#url, {
        signal: AbortSignal.timeout(patience),
        redirect: "manual",
      });
      await body?.cancel();
      if (!ok) throw new Error(`it answered ${status}`);
      if (this.#failed) this.#log.info("the outside watcher is reached again");
      this.#failed = false;
    } catch (error) {
      if (!this.#failed)
        this.#log.error({ error: messageOf(error) }, "the outside watcher (monitor.deadManUrl) is not reached");
      this.#failed = true;
    }
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { type Log, messageOf, type Notice, type Refusal, secrets } from "@understudy/core";
import type { Alert } from "./alert.ts";
import { type Channel, DeliveryError } from "./channels/channel.ts";

/** The outbox, wherever it lives. */
export interface OutboxPort {
  due(now: number, limit: number): Promise<readonly Notice[]>;
  delivered(id: number, now: number): Promise<void>;
  /** Resolves with the time of the next attempt, or undefined if there is none. */
  failed(id: number, error: string, now: number, refusal: Refusal): Promise<number | undefined>;
  undeliverable(id: number, why: string, now: number): Promise<void>;
}

interface CourierOptions {
  readonly outbox: OutboxPort;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly log: Log;
  /** ms since the epoch. */
  readonly now?: () => number;
  /** Between two looks into the outbox, ms. */
  readonly interval?: number;
  /** How long a channel rests when the outbox itself fails, ms. */
  readonly rest?: number;
}

const atOnce = 50;

/**
 * Takes what the outbox has to its channels: all channels at the same time, the notices of each one after another. What is
 * delivered and could not be marked as delivered is marked later, and not sent again.
 */
export class Courier {
  readonly #options: Required<CourierOptions>;
  /** By channel: the deliveries that are under way. */
  readonly #busy = new Map<string, Promise<void>>();
  /** Ids of notices that are delivered and not marked yet. */
  readonly #unmarked = new Set<number>();

  constructor(options: CourierOptions) {
    this.#options = { now: Date.now, interval: 1_000, rest: 30_000, ...options };
  }

  /** Deliver until the signal comes; what is being sent then is broken off and stays in the outbox. */
  async run(signal: AbortSignal): Promise<void> {
    const { interval, log } = this.#options;
    while (!signal.aborted) {
      await this.#begin(signal).catch((error) => log.error({ error: messageOf(error) }, "the outbox cannot be read"));
      await pause(interval, signal);
    }
    await Promise.all(this.#busy.values());
  }

  /** Deliver what is due now, each notice at most once. */
  async tick(signal: AbortSignal = new AbortController().signal): Promise<void> {
    await this.#begin(signal);
    await Promise.all(this.#busy.values());
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const busy = new Set(this.#busy.keys());
    const due = await this.#options.outbox.due(this.#options.now(), atOnce);
    for (const [name, notices] of Map.groupBy(due, ({ channel }) => channel)) {
      // What was asked for while the channel was busy may be delivered by now.
      if (busy.has(name)) continue;
      const work = this.#deliverAll(name, notices, signal).finally(() => this.#busy.delete(name));
      this.#busy.set(name, work);
    }
  }

  async #deliverAll(name: string, notices: readonly Notice[], signal: AbortSignal): Promise<void> {
    try {
      for (const notice of notices) {
        if (signal.aborted || !(await this.#deliver(name, notice, signal))) return;
      }
    } catch (error) {
      this.#options.log.error({ channel: name, error: messageOf(error) }, "the outbox cannot be written");
      await pause(this.#options.rest, signal);
    }
  }

  /** Whether the channel's next one may go. @throws only what the outbox throws. */
  async #deliver(name: string, notice: Notice, signal: AbortSignal): Promise<boolean> {
    const { outbox, channels, log, now } = this.#options;
    const { id, key } = notice;
    const channel = channels.get(name);
    if (!channel) {
      log.error({ channel: name, key }, "an alert cannot be delivered: its channel is no longer set");
      await outbox.undeliverable(id, "its channel is no longer set", now());
      return true;
    }
    const failure = this.#unmarked.has(id) ? undefined : await this.#send(channel, notice, signal);
    if (!failure) {
      this.#unmarked.add(id);
      await outbox.delivered(id, now());
      this.#unmarked.delete(id);
      return true;
    }
    if (signal.aborted) return false;
    const { message: error, retryAfter, refused } = failure;
    const next = await outbox.failed(id, error, now(), { retryAfter, refused });
    const what = { channel: name, key, error, attempt: notice.attempts + 1 };
    if (next === undefined) log.error(what, "an alert was not delivered within a week, and is given up");
    else log.warn({ ...what, next: new Date(next).toISOString() }, "an alert was not delivered yet");
    return refused || next === undefined;
  }

  async #send(
    channel: Channel,
    { key, channel: name, payload }: Notice,
    signal: AbortSignal,
  ): Promise<DeliveryError | undefined> {
    const { log, now } = this.#options;
    try {
      const note = await channel.send(payload as Alert, { key, now: now(), signal });
      if (note) log.warn({ channel: name, key }, note);
      log.info({ channel: name, key }, "alert delivered");
      return undefined;
    } catch (error) {
      if (error instanceof DeliveryError) return error;
      // A bug of ours with this alert must not hold up the others.
      log.error({ channel: name, key, error: secrets.redact((error as Error).stack ?? messageOf(error)) }, "bug");
      return new DeliveryError(secrets.redact(messageOf(error)), { refused: true });
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

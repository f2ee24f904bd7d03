import { type Log, messageOf, type Notice } from "@understudy/core";
import type { OutboxPort } from "../alerts/courier.ts";
import type { Batch } from "../history/batch.ts";
import type { History } from "../history/history.ts";

/** Notices that wait in memory have ids below those of the file. */
const firstHeldId = -1;

/** So many seconds' results are kept while the file cannot be written; then the oldest are forgotten. */
const mostHeld = 600;

/** Between two attempts to deliver from memory, ms. */
const heldPause = 30_000;

interface HeldNotice extends Notice {
  next: number;
}

/**
 * Writes what was seen and decided, and hands out what is to be delivered. While the history cannot be written (its volume
 * is full, say), batches are held and alerts go out from memory: a full disk must not silence the alarm about it.
 */
export class Ledger implements OutboxPort {
  readonly #history: History;
  readonly #log: Log;
  #held: Batch[] = [];
  /** Alerts of held batches that were not delivered yet, and those that were. */
  #notices: HeldNotice[] = [];
  readonly #deliveredKeys = new Set<string>();
  #nextId = firstHeldId;
  #trouble: string | undefined;

  constructor(history: History, log: Log) {
    this.#history = history;
    this.#log = log;
  }

  /** Why nothing is written at the moment, if so. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Keep a batch, now or as soon as that is possible. Never throws. */
  async commit(batch: Batch): Promise<void> {
    this.#held.push(batch);
    try {
      for (let next = this.#held[0]; next; next = this.#held[0]) {
        await this.#history.commit(this.#withoutDelivered(next));
        this.#held.shift();
      }
      if (this.#trouble) this.#log.info("the history is written again");
      this.#trouble = undefined;
      this.#notices = [];
      this.#deliveredKeys.clear();
    } catch (error) {
      if (!this.#trouble) this.#log.error({ error: messageOf(error) }, "the history cannot be written");
      this.#trouble = messageOf(error);
      this.#hold(batch);
    }
  }

  async due(now: number, limit: number): Promise<readonly Notice[]> {
    const stored = await this.#history.due(now, limit).catch((error) => {
      if (this.#notices.length === 0) throw error;
      return [];
    });
    return [...stored, ...this.#notices.filter(({ next }) => next <= now)];
  }

  async delivered(id: number, now: number): Promise<void> {
    if (id > firstHeldId) return await this.#history.delivered(id, now);
    const notice = this.#notices.find((held) => held.id === id);
    if (notice) this.#deliveredKeys.add(nameOf(notice));
    this.#notices = this.#notices.filter((held) => held.id !== id);
  }

  async failed(...[id, error, now, refusal]: Parameters<OutboxPort["failed"]>): Promise<number | undefined> {
    if (id > firstHeldId) return await this.#history.failed(id, error, now, refusal);
    const notice = this.#notices.find((held) => held.id === id);
    if (notice) notice.next = now + heldPause;
    return now + heldPause;
  }

  async undeliverable(id: number, why: string, now: number): Promise<void> {
    if (id > firstHeldId) return await this.#history.undeliverable(id, why, now);
    this.#notices = this.#notices.filter((held) => held.id !== id);
  }

  #hold({ notices = [], at }: Batch): void {
    for (const notice of notices) this.#notices.push({ ...notice, id: this.#nextId--, at, attempts: 0, next: at });
    if (this.#held.length <= mostHeld) return;
    const [oldest] = this.#held.splice(0, 1);
    const next = this.#held[0];
    // Results may be forgotten, alerts may not.
    if (oldest && next) this.#held[0] = { ...next, notices: [...(oldest.notices ?? []), ...(next.notices ?? [])] };
  }

  #withoutDelivered(batch: Batch): Batch {
    if (this.#deliveredKeys.size === 0) return batch;
    return { ...batch, notices: batch.notices?.filter((notice) => !this.#deliveredKeys.has(nameOf(notice))) };
  }
}

function nameOf({ channel, key }: Pick<Notice, "channel" | "key">): string {
  return `${channel} ${key}`;
}

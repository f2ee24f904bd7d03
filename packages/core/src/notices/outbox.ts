import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { secrets } from "../redact.ts";
import { backoff } from "./backoff.ts";
import { prepareSchema } from "./schema.ts";

/** Something to be delivered, until it is. Times are whole ms since the epoch. */
export interface Notice {
  readonly id: number;
  readonly channel: string;
  /** Unique in its channel. The receiver knows a repeated delivery by it. */
  readonly key: string;
  /** Plain data. */
  readonly payload: unknown;
  readonly at: number;
  /** How often it failed. */
  readonly attempts: number;
}

/** What the receiver said of a failed attempt. */
export interface Refusal {
  /** It wants to be left alone for so long, ms; at most an hour is granted. */
  readonly retryAfter?: number;
  /** It takes others, but not this one: go on trying, and let those behind it pass. */
  readonly refused?: boolean;
}

/** How a channel is doing. */
export interface Pending {
  readonly channel: string;
  readonly waiting: number;
  /** When the oldest that waits was enqueued. */
  readonly oldest: number | undefined;
  /** Never delivered: expired, or their channel is gone. Until they are pruned. */
  readonly lost: number;
  /** Of the newest that failed and is not delivered. */
  readonly error: string | undefined;
}

/** What became of a notice. */
export interface PastNotice extends Pick<Notice, "channel" | "payload" | "at"> {
  readonly state: "waiting" | "delivered" | "expired" | "undeliverable";
  /** Of the last attempt that failed. */
  readonly error: string | undefined;
}

const retention = 7 * 24 * 60 * 60_000;
const longestWait = 60 * 60_000;

/**
 * Notices that survive a restart and are tried until they are delivered, or a week old. Each channel's go out in the order
 * in which they came: while one waits for its next attempt, those behind it wait too.
 *
 * It lives in the caller's database, inside the caller's transactions: a change and its notice are kept or lost together.
 * A wait that is longer than there can be one means that the clock was set back, and counts as over.
 */
export class Outbox {
  readonly #db: DatabaseSync;
  readonly #random: () => number;

  /** @param random from 0 up to, and without, 1; for the time between attempts */
  constructor(db: DatabaseSync, random: () => number = Math.random) {
    this.#db = db;
    this.#random = random;
    prepareSchema(db);
  }

  /** Returns whether it is new: a key that its channel had before, delivered or not, is ignored. */
  enqueue({ key, channel, payload, at }: Pick<Notice, "key" | "channel" | "payload" | "at">): boolean {
    const inserted = this.#db
      .prepare(
        `insert into outbox (channel, key, payload, at) values (:channel, :key, :payload, :at)
         on conflict (channel, key) do nothing`,
      )
      .run({ channel, key, payload: JSON.stringify(payload), at });
    return inserted.changes === 1;
  }

  /** What can be tried now, oldest first, at most `limit` of each channel. */
  due(now: number, limit: number): Notice[] {
    return this.#db
      .prepare(
        `with candidate as (
           select *, next > :now and next <= :now + :longest as held from outbox where state = 'waiting'
         ), line as (
           select *,
             max(held) over (partition by channel order by id) as blocked,
             row_number() over (partition by channel order by id) as place
           from candidate where not (held and aside)
         )
         select id, channel, key, payload, at, attempts from line where not blocked and place <= :limit order by id`,
      )
      .all({ now, limit, longest: longestWait })
      .map(toNotice);
  }

  delivered(id: number, now: number): void {
    this.#end(id, "delivered", now);
  }

  /**
   * An attempt failed. Returns when the next one is, or undefined if the notice is too old for one: it is expired, which
   * the caller should say.
   * @param error redacted before it is kept
   */
  failed(
    id: number,
    error: string,
    now: number,
    { retryAfter = 0, refused = false }: Refusal = {},
  ): number | undefined {
    const found = this.#db.prepare("select at, attempts from outbox where id = ? and state = 'waiting'").get(id);
    if (!found) throw new Error(`notice ${id} does not wait for delivery`);
    const failures = Number(found.attempts) + 1;
    const wait = Math.max(backoff(failures, this.#random), Math.min(retryAfter, longestWait));
    const next = now + wait;
    this.#db
      .prepare("update outbox set attempts = ?, next = ?, aside = ?, error = ? where id = ?")
      .run(failures, next, Number(refused), secrets.redact(error), id);
    if (next - Number(found.at) < retention) return next;
    this.#end(id, "expired", now);
    return undefined;
  }

  /** Its channel is no more. */
  undeliverable(id: number, why: string, now: number): void {
    this.#end(id, "undeliverable", now, secrets.redact(why));
  }

  /** Channels with notices that are not delivered. */
  pending(): Pending[] {
    return this.#db
      .prepare(
        `select channel,
           count(*) filter (where state = 'waiting') as waiting,
           min(at) filter (where state = 'waiting') as oldest,
           count(*) filter (where state <> 'waiting') as lost,
           (select error from outbox failed where failed.channel = undelivered.channel and state <> 'delivered'
              and error is not null order by id desc limit 1) as error
         from outbox undelivered where state <> 'delivered' group by channel order by channel`,
      )
      .all()
      .map((row) => ({
        channel: String(row.channel),
        waiting: Number(row.waiting),
        oldest: row.oldest === null ? undefined : Number(row.oldest),
        lost: Number(row.lost),
        error: row.error === null ? undefined : String(row.error),
      }));
  }

  /** The newest first, whatever became of them, until they are pruned. */
  last(limit: number): PastNotice[] {
    return this.#db
      .prepare("select channel, payload, at, state, error from outbox order by id desc limit ?")
      .all(limit)
      .map(({ channel, payload, at, state, error }) => ({
        ...{ channel: String(channel), payload: JSON.parse(String(payload)), at: Number(at) },
        ...{ state: state as PastNotice["state"], error: error === null ? undefined : String(error) },
      }));
  }

  /** Forget what ended before then, delivered or lost, and its keys. Returns how many. */
  prune(before: number): number {
    return Number(this.#db.prepare("delete from outbox where ended < ?").run(before).changes);
  }

  #end(id: number, state: "delivered" | "expired" | "undeliverable", now: number, error: string | null = null): void {
    this.#db
      .prepare("update outbox set state = ?, ended = ?, error = coalesce(?, error) where id = ? and state = 'waiting'")
      .run(state, now, error, id);
  }
}

function toNotice(row: Record<string, SQLOutputValue>): Notice {
  return {
    id: Number(row.id),
    channel: String(row.channel),
    key: String(row.key),
    payload: JSON.parse(String(row.payload)),
    at: Number(row.at),
    attempts: Number(row.attempts),
  };
}

import { pruneHistory } from "../books/history.ts";
import { readNodes } from "../books/nodes.ts";
import { newestTombstone } from "../books/records.ts";
import { readNumber, writeState } from "../books/state.ts";
import { purgePoint } from "../rules/purge-point.ts";
import { forgetTombstones } from "../store/forget-tombstones.ts";
import type { Work } from "../store/work.ts";
import { timestampOf } from "../values/timestamp.ts";
import type { ServerContext } from "./context.ts";
import { numberCaptured } from "./number-captured.ts";

export interface Purged {
  readonly tombstones: number;
  readonly history: number;
  /** Who has not seen everything up to this version fetches everything anew. */
  readonly purgedBefore: number;
}

export interface Retention {
  /** ms that a deletion is remembered at least. */
  readonly tombstones: number;
  /** ms that a version that lost is kept. */
  readonly history: number;
}

const day = 86_400_000;
export const defaultRetention: Retention = { tombstones: 30 * day, history: 365 * day };

/** Up to which version deletions can be forgotten now. */
export function* safePurgePoint(now: number, retention: number): Work<number> {
  const aged = yield* newestTombstone(timestampOf(now - retention));
  const nodes = (yield* readNodes()).filter(({ revoked }) => !revoked);
  const seen = nodes.map(({ position, last_sync_out }) => ({
    cursor: position,
    lastSeen: last_sync_out === null ? undefined : Date.parse(last_sync_out),
  }));
  return purgePoint(seen, aged, now, retention);
}

/** Forget old deletions, with the rows that were only marked as deleted, and old versions that lost. */
export function* purge(context: ServerContext, retention: Retention): Work<Purged> {
  const { dialect, entities, now } = context;
  yield* dialect.lock();
  yield* numberCaptured(context);
  const before = yield* readNumber("purged_before");
  const point = Math.max(before, yield* safePurgePoint(now, retention.tombstones));
  const forgotten = yield* forgetTombstones(dialect, entities, point);
  yield* writeState("purged_before", point);
  return {
    tombstones: forgotten,
    history: yield* pruneHistory(timestampOf(now - retention.history)),
    purgedBefore: point,
  };
}

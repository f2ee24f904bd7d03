import type { Operation, RecordKey } from "../packet/change.ts";
import { keyOf } from "../packet/change.ts";
import { type Stamp, tick } from "../rules/clock.ts";
import type { Dialect } from "../store/dialect.ts";
import { rowsOf, run, type Work } from "../store/work.ts";
import { canonicalTimestamp, msOfTimestamp, timestampOf } from "../values/timestamp.ts";
import { readState, writeState } from "./state.ts";

/** What the triggers noted. */
export interface Captured extends RecordKey {
  readonly id: number;
  readonly operation: Operation;
  readonly created_at: string;
  /** Null until it is stamped. */
  readonly stamp: string | null;
  /** Null: all columns. */
  readonly changed: readonly string[] | null;
}

/** All captured writes of one record, as one. */
export interface Pending extends RecordKey {
  readonly ids: readonly number[];
  /** The last. */
  readonly operation: Operation;
  readonly stamp: Stamp;
  readonly changed: readonly string[] | null;
}

/** Whether anything was written that is not taken over yet. */
export function* hasCaptured(): Work<boolean> {
  return (yield* rowsOf("SELECT 1 AS one FROM sync_changes LIMIT 1")).length > 0;
}

/** Writes that are in no packet, oldest first; they must be stamped. */
export function* captured(limit: number): Work<Captured[]> {
  return yield* readCaptured("packet_no IS NULL", limit);
}

/** Those that can go into a packet: their record is in none that is not answered, and waits for nobody. */
export function* sendable(limit: number): Work<Captured[]> {
  const same = (other: string) => `${other}.entity_type = c.entity_type AND ${other}.entity_uuid = c.entity_uuid`;
  return yield* readCaptured(
    `packet_no IS NULL
       AND NOT EXISTS (SELECT 1 FROM sync_changes sent WHERE ${same("sent")} AND sent.packet_no IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM sync_records r WHERE ${same("r")} AND r.parked)`,
    limit,
  );
}

function* readCaptured(where: string, limit: number): Work<Captured[]> {
  const rows = yield* rowsOf<Omit<Captured, "changed"> & { changed: string | null }>(
    `SELECT id, entity_type, CAST(entity_uuid AS TEXT) AS entity_uuid, operation, CAST(created_at AS TEXT) AS created_at,
       CAST(stamp AS TEXT) AS stamp, CAST(changed AS TEXT) AS changed
     FROM sync_changes c WHERE ${where} ORDER BY id LIMIT $1`,
    limit,
  );
  return rows.map((row) => ({ ...row, changed: row.changed === null ? null : (JSON.parse(row.changed) as string[]) }));
}

/** Writes by record, in the order of each record's first. They must be stamped. */
export function byRecord(writes: readonly Captured[]): Pending[] {
  const pending = new Map<string, Pending>();
  for (const { id, entity_type, entity_uuid, operation, stamp, changed } of writes) {
    const key = keyOf({ entity_type, entity_uuid });
    const before = pending.get(key);
    pending.set(key, {
      entity_type,
      entity_uuid,
      operation,
      ids: [...(before?.ids ?? []), id],
      stamp: BigInt(stamp ?? 0),
      changed: before ? both(before.changed, changed) : changed,
    });
  }
  return [...pending.values()];
}

const batch = 10_000;

/** Give captured writes their stamps, before the clock learns of others: at the moment that the trigger noted, but not later than now. */
export function* stampWrites(dialect: Dialect, now: number): Work<void> {
  for (;;) {
    const writes = yield* readCaptured("stamp IS NULL", batch);
    if (writes.length === 0) return;
    let clock = BigInt((yield* readState("clock")) ?? 0);
    const stamps = writes.map(({ id, created_at }) => {
      clock = tick(clock, Math.min(msOfTimestamp(created_at) || now, now));
      return { id, stamp: String(clock) };
    });
    yield* run(
      `UPDATE sync_changes SET stamp = given.stamp FROM ${dialect.given({ id: "integer", stamp: "integer" })}
       WHERE sync_changes.id = given.id`,
      JSON.stringify(stamps),
    );
    yield* writeState("clock", clock);
  }
}

/** Note a write that no trigger sees. */
export function* register({ entity_type, entity_uuid }: RecordKey, operation: Operation, now: number): Work<void> {
  yield* run(
    "INSERT INTO sync_changes (entity_type, entity_uuid, operation, created_at) VALUES ($1, $2, $3, $4)",
    entity_type,
    entity_uuid,
    operation,
    timestampOf(now),
  );
}

export function* putInPacket(dialect: Dialect, ids: readonly number[], packetNo: number): Work<void> {
  yield* run(
    `UPDATE sync_changes SET packet_no = $2 WHERE id IN (SELECT id FROM ${dialect.given({ id: "integer" })})`,
    JSON.stringify(ids.map((id) => ({ id }))),
    packetNo,
  );
}

export function* forget(dialect: Dialect, ids: readonly number[]): Work<void> {
  if (ids.length === 0) return;
  yield* run(
    `DELETE FROM sync_changes WHERE id IN (SELECT id FROM ${dialect.given({ id: "integer" })})`,
    JSON.stringify(ids.map((id) => ({ id }))),
  );
}

export function* forgetPacket(packetNo: number): Work<void> {
  yield* run("DELETE FROM sync_changes WHERE packet_no = $1", packetNo);
}

export function* forgetRecords(dialect: Dialect, keys: readonly RecordKey[]): Work<void> {
  yield* run(
    `DELETE FROM sync_changes WHERE EXISTS (SELECT 1 FROM ${dialect.given({ entity_type: "text", entity_uuid: "uuid" })}
       WHERE given.entity_type = sync_changes.entity_type AND given.entity_uuid = sync_changes.entity_uuid)`,
    JSON.stringify(keys),
  );
}

/** Of these records, those with captured writes: whether some are in a packet, and whether some are not. */
export function* pendingOf(
  dialect: Dialect,
  keys: readonly RecordKey[],
): Work<Map<string, { readonly sent: boolean; readonly fresh: boolean }>> {
  if (!(yield* hasCaptured())) return new Map();
  const rows = yield* rowsOf<RecordKey & { sent: number; fresh: number }>(
    `SELECT c.entity_type, CAST(c.entity_uuid AS TEXT) AS entity_uuid,
       count(c.packet_no) AS sent, count(*) - count(c.packet_no) AS fresh
     FROM sync_changes c JOIN ${dialect.given({ entity_type: "text", entity_uuid: "uuid" })}
       ON given.entity_type = c.entity_type AND given.entity_uuid = c.entity_uuid
     GROUP BY c.entity_type, c.entity_uuid`,
    JSON.stringify(keys.map(({ entity_type, entity_uuid }) => ({ entity_type, entity_uuid }))),
  );
  return new Map(rows.map((row) => [keyOf(row), { sent: Number(row.sent) > 0, fresh: Number(row.fresh) > 0 }]));
}

/** How many records wait, and since when the oldest write does. */
export function* backlog(): Work<{ readonly records: number; readonly since: string | null }> {
  const [row] = yield* rowsOf<{ records: number; since: string | null }>(
    `SELECT count(*) AS records, CAST(min(since) AS TEXT) AS since FROM
       (SELECT min(created_at) AS since FROM sync_changes GROUP BY entity_type, entity_uuid) AS waiting`,
  );
  return { records: Number(row?.records ?? 0), since: row?.since == null ? null : canonicalTimestamp(row.since) };
}

function both(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  return a && b ? [...new Set([...a, ...b])] : null;
}

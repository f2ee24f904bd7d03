import { closeConflicts, type Lost, newConflictId, readHistory, writeHistory } from "../books/history.ts";
import type { Filters } from "../books/nodes.ts";
import { type RecordState, readRecords, writeRecords } from "../books/records.ts";
import { readNumber, readState, writeState } from "../books/state.ts";
import { keyOf } from "../packet/change.ts";
import { tick } from "../rules/clock.ts";
import { applyRows, rowsOfRecords } from "../store/apply-rows.ts";
import type { Work } from "../store/work.ts";
import { SyncError } from "../sync-error.ts";
import { type Row, sameRow } from "../values/kind.ts";
import { timestampOf } from "../values/timestamp.ts";
import type { ServerContext } from "./context.ts";
import { assertKnown } from "./known-columns.ts";
import { numberCaptured } from "./number-captured.ts";
import { isVisible } from "./visible.ts";

/** What a person decides: what the node wrote, what the server has, nothing at all, or columns of their own over the server's. */
export type Choice = "theirs" | "ours" | "deleted" | Row;

/** Who decides. */
export interface Resolver {
  readonly name: string;
  /** Which rows they may see, and write. All unless told. */
  readonly filters?: Filters;
}

/**
 * End what waits for a person. The record gets a new version, which frees it on every replica.
 * @throws SyncError 404 where nothing of this id waits, 422 where the choice breaks a constraint, or is not the resolver's to make
 */
export function* resolve(
  context: ServerContext,
  conflictId: string,
  choice: Choice,
  { name: resolver, filters = {} }: Resolver,
): Work<Lost> {
  const { dialect, entities, now } = context;
  yield* dialect.lock();
  const [conflict] = yield* readHistory({ id: conflictId, limit: 1 });
  if (!conflict?.open) {
    throw new SyncError(
      404,
      "not-found",
      `No conflict ${conflictId} waits for a decision`,
      "pnpm records:status lists those that do",
    );
  }
  yield* rowsOfRecords(dialect, entities, [conflict], true);
  yield* numberCaptured(context);
  const known = (yield* readRecords(dialect, [conflict])).get(keyOf(conflict));
  const current = (yield* rowsOfRecords(dialect, entities, [conflict], true)).get(keyOf(conflict)) ?? null;
  const data = chosen(conflict, choice, current);
  assertKnown([{ ...conflict, data }], entities);
  if ([current, data].some((row) => !isVisible(filters, conflict.entity_type, row))) {
    throw new SyncError(
      422,
      "invalid-packet",
      "The row is outside of what this node may see",
      "Decide for other values",
      {
        field: "choice",
      },
    );
  }
  yield* dialect.applying(true);
  const { refused } = yield* applyRows(dialect, entities, [{ ...conflict, data }]);
  yield* dialect.applying(false);
  for (const why of refused.values()) {
    throw new SyncError(422, "invalid-packet", `The row cannot be written: ${why}`, "Decide for other values", {
      field: "data",
    });
  }
  const version = (yield* readNumber("version")) + 1;
  const clock = tick(BigInt((yield* readState("clock")) ?? 0), now);
  yield* writeRecords(dialect, [
    {
      entity_type: conflict.entity_type,
      entity_uuid: conflict.entity_uuid,
      version,
      stamp: String(clock),
      node_id: null,
      deleted: data === null || data.is_deleted === "true",
      parked: false,
      fields: known?.fields ? { "*": version } : null,
      round: 0,
      changed_at: timestampOf(now),
    },
  ]);
  yield* writeState("version", version);
  yield* writeState("clock", clock);
  if (known && !(current && sameRow(current, data))) {
    yield* writeHistory(dialect, [
      overruled(known, current, { version, stamp: String(clock), resolver, now: timestampOf(now) }),
    ]);
  }
  yield* closeConflicts(conflict, resolver);
  return { ...conflict, open: false, conflict_resolution: "manual", resolved_by: resolver };
}

/** What the server had, and a person gave up. */
function overruled(
  known: RecordState,
  row: Row | null,
  { version, stamp, resolver, now }: { version: number; stamp: string; resolver: string; now: string },
): Lost {
  return {
    id: newConflictId(),
    entity_type: known.entity_type,
    entity_uuid: known.entity_uuid,
    source_node_id: known.node_id,
    arrival_time: now,
    serialized_data: row,
    conflict_resolution: "manual",
    operation: known.deleted ? "DELETE" : "UPDATE",
    base_version: known.version,
    stamp: known.stamp,
    standing_version: version,
    standing_stamp: stamp,
    standing_node_id: null,
    reason: "a person decided otherwise",
    open: false,
    resolved_by: resolver,
  };
}

function chosen({ entity_uuid, serialized_data }: Lost, choice: Choice, current: Row | null): Row | null {
  if (choice === "theirs") return serialized_data;
  if (choice === "ours") return current;
  if (choice === "deleted") return null;
  return { ...(current ?? serialized_data), ...choice, uuid: entity_uuid };
}

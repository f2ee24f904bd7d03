import { byRecord, captured, forget, hasCaptured, stampWrites } from "../books/queue.ts";
import { type RecordState, readRecords, writeRecords } from "../books/records.ts";
import { readNumber, writeState } from "../books/state.ts";
import { keyOf } from "../packet/change.ts";
import { fieldVersions } from "../rules/merge-fields.ts";
import type { Work } from "../store/work.ts";
import { timestampOf } from "../values/timestamp.ts";
import type { ServerContext } from "./context.ts";

const batch = 10_000;

/**
 * Give what others wrote in the server's own database its versions. Under the lock, so that versions become visible in their order:
 * a node never sees one and misses an earlier one. Returns how many records it was.
 */
export function* numberCaptured({ dialect, strategyOf, now }: ServerContext): Work<number> {
  let numbered = 0;
  for (;;) {
    yield* stampWrites(dialect, now);
    const writes = yield* captured(batch);
    if (writes.length === 0) return numbered;
    const pending = byRecord(writes);
    const before = yield* readRecords(dialect, pending);
    let version = yield* readNumber("version");
    const records = pending.map(({ entity_type, entity_uuid, operation, stamp, changed }): RecordState => {
      const known = before.get(keyOf({ entity_type, entity_uuid }));
      version++;
      return {
        entity_type,
        entity_uuid,
        version,
        stamp: String(stamp),
        node_id: null,
        deleted: operation === "DELETE",
        parked: known?.parked ?? false,
        fields: strategyOf(entity_type) === "merge" ? fieldVersions(known?.fields ?? null, changed, version) : null,
        round: 0,
        changed_at: timestampOf(now),
      };
    });
    yield* writeRecords(dialect, records);
    yield* writeState("version", version);
    yield* forget(
      dialect,
      writes.map(({ id }) => id),
    );
    numbered += records.length;
  }
}

/** The same, where there is anything: who only reads does not wait for the lock. */
export function* numberNew(context: ServerContext): Work<void> {
  if (!(yield* hasCaptured())) return;
  yield* context.dialect.lock();
  yield* numberCaptured(context);
}

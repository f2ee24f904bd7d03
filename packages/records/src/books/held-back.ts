import type { RecordKey, Served } from "../packet/change.ts";
import type { Dialect } from "../store/dialect.ts";
import { rowsOf, run, type Work } from "../store/work.ts";

/** What a node was sent and cannot write yet: another row of its own is in the way. */
export function* heldBack(): Work<{ readonly served: Served; readonly reason: string }[]> {
  const rows = yield* rowsOf<{ served: string; reason: string }>("SELECT served, reason FROM sync_held_back");
  return rows.map(({ served, reason }) => ({ served: JSON.parse(served) as Served, reason }));
}

export function* holdBack(served: Served, reason: string): Work<void> {
  yield* run(
    `INSERT INTO sync_held_back (entity_type, entity_uuid, served, reason) VALUES ($1, $2, $3, $4)
     ON CONFLICT (entity_type, entity_uuid) DO UPDATE SET served = excluded.served, reason = excluded.reason`,
    served.entity_type,
    served.entity_uuid,
    JSON.stringify(served),
    reason,
  );
}

export function* letGo(dialect: Dialect, keys: readonly RecordKey[]): Work<void> {
  yield* run(
    `DELETE FROM sync_held_back WHERE EXISTS (SELECT 1 FROM ${dialect.given({ entity_type: "text", entity_uuid: "uuid" })}
       WHERE given.entity_type = sync_held_back.entity_type AND given.entity_uuid = sync_held_back.entity_uuid)`,
    JSON.stringify(keys.map(({ entity_type, entity_uuid }) => ({ entity_type, entity_uuid }))),
  );
}

export function* letAllGo(): Work<void> {
  yield* run("DELETE FROM sync_held_back");
}

import { letAllGo, letGo } from "../books/held-back.ts";
import { newConflictId, writeHistory } from "../books/history.ts";
import { forgetRecords, pendingOf } from "../books/queue.ts";
import { removeRecords, unseen } from "../books/records.ts";
import { clearState, readNumber, readState, writeState } from "../books/state.ts";
import type { Entity } from "../entity.ts";
import { keyOf } from "../packet/change.ts";
import { applyRows, rowsOfRecords } from "../store/apply-rows.ts";
import type { Work } from "../store/work.ts";
import type { NodeContext } from "./context.ts";

const batch = 5_000;

/** Fetch everything anew from here on, page by page; a node that is interrupted goes on where it was. */
export function* beginWhole(reason: string, watermark: number): Work<void> {
  yield* writeState("resync", reason);
  yield* writeState("round", (yield* readNumber("round")) + 1);
  yield* writeState("cursor", 0);
  yield* writeState("watermark", watermark);
  // What the server still has of it comes again; what it has purged since never does.
  yield* letAllGo();
}

/** The number of the whole sync that is going on; undefined when none is. */
export function* wholeRound(): Work<number | undefined> {
  return (yield* readState("resync")) === undefined ? undefined : yield* readNumber("round");
}

/** Everything is here: drop what the server no longer has. Writes of ours to that go to the history. */
export function* endWhole(context: NodeContext): Work<void> {
  const { dialect, entities, nodeId, at } = context;
  const round = yield* readNumber("round");
  for (;;) {
    const some = yield* unseen(round, batch);
    if (some.length === 0) break;
    const pending = yield* pendingOf(dialect, some);
    const written = some.filter((one) => pending.has(keyOf(one)));
    const rows = yield* rowsOfRecords(dialect, entities, written);
    yield* writeHistory(
      dialect,
      written.map((one) => {
        const data = rows.get(keyOf(one)) ?? null;
        return {
          id: newConflictId(),
          entity_type: one.entity_type,
          entity_uuid: one.entity_uuid,
          source_node_id: nodeId,
          arrival_time: at,
          serialized_data: data,
          conflict_resolution: "gone",
          operation: data === null || data.is_deleted === "true" ? ("DELETE" as const) : ("UPDATE" as const),
          base_version: one.version,
          stamp: one.stamp,
          standing_version: 0,
          standing_stamp: null,
          standing_node_id: null,
          reason: "the server no longer has the record",
          open: false,
          resolved_by: null,
        };
      }),
    );
    yield* forgetRecords(dialect, some);
    yield* dialect.applying(true);
    yield* applyRows(
      dialect,
      entities,
      some.map((one) => ({ ...one, data: null })),
    );
    yield* dialect.applying(false);
    yield* letGo(dialect, some);
    yield* removeRecords(dialect, some);
  }
  yield* writeState("columns", describe(entities));
  yield* clearState("resync");
}

/** Why everything must be fetched, if it must: nothing was fetched yet, or there are tables or columns that were not there then. */
export function* wholeReason(entities: ReadonlyMap<string, Entity>): Work<string | undefined> {
  const known = yield* readState("columns");
  if (known === undefined) return "first sync";
  if (known === describe(entities)) return undefined;
  const before = new Set(JSON.parse(known) as string[]);
  const added = columnsOf(entities).filter((column) => !before.has(column));
  return added.length ? `new here: ${added.join(", ")}` : undefined;
}

function describe(entities: ReadonlyMap<string, Entity>): string {
  return JSON.stringify(columnsOf(entities));
}

function columnsOf(entities: ReadonlyMap<string, Entity>): string[] {
  return [...entities.values()]
    .flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`))
    .sort();
}

import type { SyncNode } from "../books/nodes.ts";
import { type RecordState, recordsAfter } from "../books/records.ts";
import { readNumber } from "../books/state.ts";
import { keyOf, type Served } from "../packet/change.ts";
import { rowsOfRecords } from "../store/apply-rows.ts";
import type { Work } from "../store/work.ts";
import type { Row } from "../values/kind.ts";
import type { ServerContext } from "./context.ts";
import { isVisible } from "./visible.ts";

/** Rows are read so many at a time, until they are so many characters: an answer is held in memory. */
const slice = 500;
const largest = 8_000_000;

export interface Page {
  readonly changes: readonly Served[];
  readonly cursor: number;
  readonly more: boolean;
}

/**
 * The newest state of records after a version. A record that changes meanwhile moves to the end, so that a node which goes on to the end
 * has everything, however often it was interrupted. What a node may no longer see, it is told to drop.
 * @param whole also the node's own writes, which it knows the answers of
 */
export function* feed(
  { dialect, entities }: ServerContext,
  node: SyncNode,
  after: number,
  limit: number,
  whole: boolean,
): Work<Page> {
  // Read first: all versions up to it can be seen.
  const newest = yield* readNumber("version");
  const filtered = Object.keys(node.filters).length > 0;
  const records = yield* recordsAfter(after, limit, whole || filtered ? null : node.id);
  const changes: Served[] = [];
  for (let size = 0; changes.length < records.length && size < largest; ) {
    const some = records.slice(changes.length, changes.length + slice);
    const rows = yield* rowsOfRecords(dialect, entities, some);
    for (const row of rows.values()) size += sizeOf(row);
    changes.push(...some.map((record) => servedTo(node, record, rows.get(keyOf(record)) ?? null)));
  }
  const more = records.length === limit || changes.length < records.length;
  const last = changes.at(-1)?.version ?? 0;
  return { changes, cursor: more ? last : Math.max(newest, last, after), more };
}

function servedTo({ filters }: SyncNode, record: RecordState, row: Row | null): Served {
  const { entity_type, entity_uuid, version, stamp, deleted, parked } = record;
  const data = isVisible(filters, entity_type, row) ? row : null;
  return {
    entity_type,
    entity_uuid,
    version,
    stamp,
    deleted: deleted || data === null,
    data,
    ...(parked ? { parked } : {}),
  };
}

function sizeOf(row: Row): number {
  return Object.values(row).reduce((sum, value) => sum + (value?.length ?? 0), 0);
}

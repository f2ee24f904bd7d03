import { type Lost, readHistory } from "../books/history.ts";
import { readRecords } from "../books/records.ts";
import { keyOf } from "../packet/change.ts";
import { msOfStamp } from "../rules/clock.ts";
import { rowsOfRecords } from "../store/apply-rows.ts";
import type { Row } from "../values/kind.ts";
import type { SyncManager } from "./sync-manager.ts";

/** A record as it stands, and every version that lost. Nodes are told by their codes; null: the server. */
export interface Explanation {
  readonly entity_type: string;
  readonly entity_uuid: string;
  /** 0: nothing stands; it was deleted, and its tombstone purged. */
  readonly version: number;
  readonly written_at: string | null;
  readonly written_by: string | null;
  readonly deleted: boolean;
  readonly parked: boolean;
  readonly row: Row | null;
  /** The newest first. */
  readonly lost: readonly Loser[];
}

/** A version that lost, or waits, and against which one. */
export interface Loser extends Lost {
  readonly written_at: string;
  readonly written_by: string | null;
  /** Null where nothing stood against it: the record was gone. */
  readonly standing_at: string | null;
  readonly standing_by: string | null;
}

/** What happened to records of a uuid, one for each entity that has it, or had it. */
export async function explain(manager: SyncManager, entityUuid: string): Promise<Explanation[]> {
  const { store, entities } = manager;
  const codes = new Map((await manager.nodes()).map(({ id, code }) => [id, code]));
  const codeOf = (id: string | null) => (id === null ? null : (codes.get(id) ?? id));
  const { records, rows, history } = await store.transaction(function* () {
    const keys = entities.map(({ name }) => ({ entity_type: name, entity_uuid: entityUuid }));
    return {
      records: yield* readRecords(store.dialect, keys),
      rows: yield* rowsOfRecords(store.dialect, new Map(entities.map((entity) => [entity.name, entity])), keys),
      history: (yield* readHistory({ entityUuid, limit: 1_000 })).map(
        (lost): Loser => ({
          ...lost,
          written_at: momentOf(lost.stamp),
          written_by: codeOf(lost.source_node_id),
          standing_at: lost.standing_stamp && momentOf(lost.standing_stamp),
          standing_by: codeOf(lost.standing_node_id),
        }),
      ),
    };
  });
  const types = new Set([...records.values(), ...history].map(({ entity_type }) => entity_type));
  return [...types].sort().map((entity_type) => {
    const key = keyOf({ entity_type, entity_uuid: entityUuid });
    const record = records.get(key);
    return {
      entity_type,
      entity_uuid: entityUuid,
      version: record?.version ?? 0,
      written_at: record ? momentOf(record.stamp) : null,
      written_by: codeOf(record?.node_id ?? null),
      deleted: record?.deleted ?? true,
      parked: record?.parked ?? false,
      row: rows.get(key) ?? null,
      lost: history.filter((one) => one.entity_type === entity_type),
    };
  });
}

function momentOf(stamp: string): string {
  return new Date(msOfStamp(BigInt(stamp))).toISOString();
}

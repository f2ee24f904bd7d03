import { randomUUID } from "node:crypto";
import type { Operation, RecordKey } from "../packet/change.ts";
import type { Dialect } from "../store/dialect.ts";
import { rowsOf, run, type Work } from "../store/work.ts";
import type { Row } from "../values/kind.ts";
import { canonicalTimestamp } from "../values/timestamp.ts";

/** A version that lost, or waits for a person, and what stands instead. */
export interface Lost extends RecordKey {
  readonly id: string;
  /** Whose it was; null: the server's. */
  readonly source_node_id: string | null;
  readonly arrival_time: string;
  /** Null when it was a deletion. */
  readonly serialized_data: Row | null;
  /** The rule that decided: `server-wins`, `merge`, `parked`, …; `manual` once a person has. */
  readonly conflict_resolution: string;
  readonly operation: Operation;
  readonly base_version: number;
  readonly stamp: string;
  readonly standing_version: number;
  readonly standing_stamp: string | null;
  readonly standing_node_id: string | null;
  readonly reason: string;
  /** It waits for a person. */
  readonly open: boolean;
  readonly resolved_by: string | null;
}

const columns = {
  id: "uuid",
  entity_uuid: "uuid",
  entity_type: "text",
  source_node_id: "uuid",
  arrival_time: "time",
  serialized_data: "json",
  conflict_resolution: "text",
  operation: "text",
  base_version: "integer",
  stamp: "integer",
  standing_version: "integer",
  standing_stamp: "integer",
  standing_node_id: "uuid",
  reason: "text",
  open: "boolean",
  resolved_by: "text",
} as const;

export const newConflictId = randomUUID;

export function* writeHistory(dialect: Dialect, lost: readonly Lost[]): Work<void> {
  if (lost.length === 0) return;
  yield* dialect.insert("object_version_history", columns, lost);
}

export interface HistoryQuery {
  readonly id?: string | undefined;
  readonly entityType?: string | undefined;
  readonly entityUuid?: string | undefined;
  readonly sourceNode?: string | undefined;
  /** Only what waits for a person. */
  readonly open?: boolean | undefined;
  /** At most so many, the newest first. 100 unless told. */
  readonly limit?: number | undefined;
}

/** Newest first. */
export function* readHistory(query: HistoryQuery): Work<Lost[]> {
  const wanted = [
    ["id", query.id],
    ["entity_type", query.entityType],
    ["entity_uuid", query.entityUuid],
    ["source_node_id", query.sourceNode],
  ].filter(([, value]) => value !== undefined);
  const where = wanted.map(([name], index) => `${name} = $${index + 2}`);
  if (query.open) where.push("open");
  const rows = yield* rowsOf<StoredLost>(
    `SELECT CAST(id AS TEXT) AS id, entity_type, CAST(entity_uuid AS TEXT) AS entity_uuid,
       CAST(source_node_id AS TEXT) AS source_node_id, CAST(arrival_time AS TEXT) AS arrival_time,
       CAST(serialized_data AS TEXT) AS serialized_data, conflict_resolution, operation, base_version,
       CAST(stamp AS TEXT) AS stamp, standing_version, CAST(standing_stamp AS TEXT) AS standing_stamp,
       CAST(standing_node_id AS TEXT) AS standing_node_id, reason, open, resolved_by
     FROM object_version_history ${where.length ? `WHERE ${where.join(" AND ")}` : ""}
     ORDER BY arrival_time DESC, stamp DESC, id LIMIT $1`,
    query.limit ?? 100,
    ...wanted.map(([, value]) => value),
  );
  return rows.map((row) => ({
    ...row,
    arrival_time: canonicalTimestamp(row.arrival_time),
    serialized_data: row.serialized_data === null ? null : (JSON.parse(row.serialized_data) as Row),
    base_version: Number(row.base_version),
    standing_version: Number(row.standing_version),
    open: Boolean(row.open),
  }));
}

/** A person has decided: nothing of this record waits any more. */
export function* closeConflicts({ entity_type, entity_uuid }: RecordKey, resolver: string): Work<void> {
  yield* run(
    `UPDATE object_version_history SET open = false, conflict_resolution = 'manual', resolved_by = $3
     WHERE open AND entity_type = $1 AND entity_uuid = $2`,
    entity_type,
    entity_uuid,
    resolver,
  );
}

/** Forget what arrived before then and waits for nobody. Returns how many. */
export function* pruneHistory(before: string): Work<number> {
  const rows = yield* rowsOf(
    "DELETE FROM object_version_history WHERE NOT open AND arrival_time < $1 RETURNING 1 AS one",
    before,
  );
  return rows.length;
}

export function* countOpen(): Work<number> {
  const [row] = yield* rowsOf<{ count: number }>("SELECT count(*) AS count FROM object_version_history WHERE open");
  return Number(row?.count ?? 0);
}

type StoredLost = Omit<Lost, "serialized_data" | "open"> & {
  readonly serialized_data: string | null;
  readonly open: boolean | number;
};

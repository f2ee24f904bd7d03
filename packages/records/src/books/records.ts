import { keyOf, type RecordKey } from "../packet/change.ts";
import type { FieldVersions } from "../rules/merge-fields.ts";
import type { Dialect } from "../store/dialect.ts";
import { rowsOf, run, type Work } from "../store/work.ts";
import { canonicalTimestamp } from "../values/timestamp.ts";

/** What a replica knows of a record, beside its row. */
export interface RecordState extends RecordKey {
  readonly version: number;
  /** Decimal digits. */
  readonly stamp: string;
  /** Whose write it is; null: the server's. */
  readonly node_id: string | null;
  readonly deleted: boolean;
  readonly parked: boolean;
  /** Server: where columns are merged. */
  readonly fields: FieldVersions | null;
  /** Node: the whole sync that saw it last. */
  readonly round: number;
  readonly changed_at: string;
}

const columns = {
  entity_type: "text",
  entity_uuid: "uuid",
  version: "integer",
  stamp: "integer",
  node_id: "uuid",
  deleted: "boolean",
  parked: "boolean",
  fields: "json",
  round: "integer",
  changed_at: "time",
} as const;

const key = { entity_type: "text", entity_uuid: "uuid" } as const;
const selected = `r.entity_type, CAST(r.entity_uuid AS TEXT) AS entity_uuid, r.version, CAST(r.stamp AS TEXT) AS stamp,
  CAST(r.node_id AS TEXT) AS node_id, r.deleted, r.parked, CAST(r.fields AS TEXT) AS fields, r.round,
  CAST(r.changed_at AS TEXT) AS changed_at`;

export function* readRecords(dialect: Dialect, keys: readonly RecordKey[]): Work<Map<string, RecordState>> {
  const rows = yield* rowsOf<StoredRecord>(
    `SELECT ${selected} FROM sync_records r JOIN ${dialect.given(key)}
       ON given.entity_type = r.entity_type AND given.entity_uuid = r.entity_uuid`,
    JSON.stringify(keys.map(({ entity_type, entity_uuid }) => ({ entity_type, entity_uuid }))),
  );
  return new Map(rows.map((row) => [keyOf(row), toRecord(row)]));
}

export function* writeRecords(dialect: Dialect, records: readonly RecordState[]): Work<void> {
  if (records.length === 0) return;
  const news = Object.keys(columns).flatMap((name) => (name in key ? [] : `${name} = excluded.${name}`));
  yield* dialect.insert(
    "sync_records",
    columns,
    records,
    `ON CONFLICT (entity_type, entity_uuid) DO UPDATE SET ${news}`,
  );
}

export function* removeRecords(dialect: Dialect, keys: readonly RecordKey[]): Work<void> {
  if (keys.length === 0) return;
  yield* run(
    `DELETE FROM sync_records WHERE EXISTS (SELECT 1 FROM ${dialect.given(key)}
       WHERE given.entity_type = sync_records.entity_type AND given.entity_uuid = sync_records.entity_uuid)`,
    JSON.stringify(keys.map(({ entity_type, entity_uuid }) => ({ entity_type, entity_uuid }))),
  );
}

/** Records after a version, oldest version first. @param except a node whose own writes are left out; null: none's are */
export function* recordsAfter(version: number, limit: number, except: string | null): Work<RecordState[]> {
  const others = except === null ? "" : "AND (r.node_id IS NULL OR r.node_id <> $3)";
  const rows = yield* rowsOf<StoredRecord>(
    `SELECT ${selected} FROM sync_records r WHERE r.version > $1 ${others} ORDER BY r.version LIMIT $2`,
    ...(except === null ? [version, limit] : [version, limit, except]),
  );
  return rows.map(toRecord);
}

/** How many records after a version are not a node's own writes, and since when the oldest of them is there. */
export function* pendingFor(
  node: string,
  after: number,
): Work<{ readonly records: number; readonly since: string | null }> {
  const [row] = yield* rowsOf<{ records: number; since: string | null }>(
    `SELECT count(*) AS records, CAST(min(changed_at) AS TEXT) AS since FROM sync_records
     WHERE version > $1 AND (node_id IS NULL OR node_id <> $2)`,
    after,
    node,
  );
  return { records: Number(row?.records ?? 0), since: row?.since == null ? null : canonicalTimestamp(row.since) };
}

/** Deleted records after a version and up to one, oldest first. What waits for a person, or was written again since, is not among them. */
export function* tombstones(after: number, upTo: number, limit: number): Work<RecordState[]> {
  const rows = yield* rowsOf<StoredRecord>(
    `SELECT ${selected} FROM sync_records r WHERE r.deleted AND NOT r.parked AND r.version > $1 AND r.version <= $2
       AND NOT EXISTS (SELECT 1 FROM sync_changes c WHERE c.entity_type = r.entity_type AND c.entity_uuid = r.entity_uuid)
     ORDER BY r.version LIMIT $3`,
    after,
    upTo,
    limit,
  );
  return rows.map(toRecord);
}

/** The newest version of a tombstone that was made before then; 0 where there is none. */
export function* newestTombstone(before: string): Work<number> {
  const [row] = yield* rowsOf<{ version: number | null }>(
    "SELECT max(version) AS version FROM sync_records WHERE deleted AND NOT parked AND changed_at < $1",
    before,
  );
  return Number(row?.version ?? 0);
}

/** Records that a whole sync did not see: the server had them, or refused them. What it has not yet been told of is not among them. */
export function* unseen(round: number, limit: number): Work<RecordState[]> {
  const rows = yield* rowsOf<StoredRecord>(
    `SELECT ${selected} FROM sync_records r WHERE r.round < $1 AND (r.version > 0 OR r.parked
       OR NOT EXISTS (SELECT 1 FROM sync_changes c WHERE c.entity_type = r.entity_type AND c.entity_uuid = r.entity_uuid))
     LIMIT $2`,
    round,
    limit,
  );
  return rows.map(toRecord);
}

/** How many wait for a person. */
export function* countParked(): Work<number> {
  const [row] = yield* rowsOf<{ count: number }>("SELECT count(*) AS count FROM sync_records WHERE parked");
  return Number(row?.count ?? 0);
}

interface StoredRecord extends RecordKey {
  readonly version: number;
  readonly stamp: string;
  readonly node_id: string | null;
  readonly deleted: boolean | number;
  readonly parked: boolean | number;
  readonly fields: string | null;
  readonly round: number;
  readonly changed_at: string;
}

function toRecord({ deleted, parked, fields, ...row }: StoredRecord): RecordState {
  return {
    ...row,
    version: Number(row.version),
    round: Number(row.round),
    deleted: Boolean(deleted),
    parked: Boolean(parked),
    fields: fields === null ? null : (JSON.parse(fields) as FieldVersions),
  };
}

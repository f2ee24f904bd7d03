import type { Row } from "../values/kind.ts";

export type Operation = "INSERT" | "UPDATE" | "DELETE";

/** Which record. */
export interface RecordKey {
  readonly entity_type: string;
  readonly entity_uuid: string;
}

/** A node's write. `stamp` is a `Stamp` as decimal digits. */
export interface Change extends RecordKey {
  readonly operation: Operation;
  /** The server's version that it was made on; 0: none. */
  readonly base_version: number;
  readonly stamp: string;
  /** Columns that it changed; null: all of them. */
  readonly changed: readonly string[] | null;
  /** The row as it is now; null when it is gone. A row that is only marked as deleted is still there. */
  readonly data: Row | null;
}

/** What became of a change. */
export interface Result extends RecordKey {
  readonly status: "accepted" | "merged" | "rejected" | "parked";
  /** The server's version now; 0 when it has no such record. */
  readonly version: number;
  /** Where it is not what was sent: the server's row, null when it has none. */
  readonly data?: Row | null;
  readonly deleted?: boolean;
  /** Of the entry in the history, where somebody lost. */
  readonly conflict_id?: string;
  readonly reason?: string;
}

/** A record as the server has it. */
export interface Served extends RecordKey {
  readonly version: number;
  readonly stamp: string;
  readonly deleted: boolean;
  /** Null when there is no row. */
  readonly data: Row | null;
  /** It waits for a person. */
  readonly parked?: boolean;
}

/** `notes/6f1…`: a record as a key of maps. */
export function keyOf({ entity_type, entity_uuid }: RecordKey): string {
  return `${entity_type}/${entity_uuid}`;
}

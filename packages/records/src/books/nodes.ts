import { rowsOf, run, type Work } from "../store/work.ts";
import { canonicalTimestamp } from "../values/timestamp.ts";

/** Which rows a node sees: by entity, the columns that must have these texts. An entity that is not named is seen whole. */
export type Filters = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A participant, as the server knows it. Its token is not among it. */
export interface SyncNode {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly description: string | null;
  readonly token_expires: string;
  readonly revoked: boolean;
  readonly last_sync_in: string | null;
  readonly last_sync_out: string | null;
  /** The last of its packets that was taken. */
  readonly received_packet_no: number;
  /** The last answer that it said to have. */
  readonly sent_packet_no: number;
  /** Up to which version it has everything. */
  readonly position: number;
  /** How far its clock was ahead of the server's, ms, when it was last here. */
  readonly skew_ms: number | null;
  readonly filters: Filters;
  /** Why it is to fetch everything anew, until it begins to. */
  readonly resync: string | null;
}

export function* readNodes(): Work<SyncNode[]> {
  return (yield* rowsOf<StoredNode>(`${select} ORDER BY code`)).map(toNode);
}

export function* findNode(by: "id" | "code" | "token_hash", value: string): Work<SyncNode | undefined> {
  const [row] = yield* rowsOf<StoredNode>(`${select} WHERE ${by} = $1`, value);
  return row && toNode(row);
}

/** The SHA-256 that signs a node's files: of its token. */
export function* tokenHashOf(id: string): Work<string | undefined> {
  const [row] = yield* rowsOf<{ token_hash: string }>("SELECT token_hash FROM sync_nodes WHERE id = $1", id);
  return row?.token_hash;
}

export interface NewNode {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly description: string | null;
  readonly tokenHash: string;
  readonly expires: string;
  readonly filters: Filters;
  readonly now: string;
}

export function* insertNode(node: NewNode): Work<void> {
  yield* run(
    `INSERT INTO sync_nodes (id, code, name, description, token_hash, token_expires, filters, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    node.id,
    node.code,
    node.name,
    node.description,
    node.tokenHash,
    node.expires,
    JSON.stringify(node.filters),
    node.now,
  );
}

export function* renewToken(id: string, tokenHash: string, expires: string): Work<void> {
  yield* run(
    "UPDATE sync_nodes SET token_hash = $2, token_expires = $3, revoked = false WHERE id = $1",
    id,
    tokenHash,
    expires,
  );
}

/** It sees other rows from now on, and has to fetch them. */
export function* changeFilters(id: string, filters: Filters): Work<void> {
  yield* run(
    "UPDATE sync_nodes SET filters = $2, resync = $3 WHERE id = $1",
    id,
    JSON.stringify(filters),
    "it may see other rows than before",
  );
}

export function* revokeToken(id: string): Work<void> {
  yield* run("UPDATE sync_nodes SET revoked = true WHERE id = $1", id);
}

/** A packet of it was taken. */
export function* noteReceived(id: string, packetNo: number, now: string): Work<void> {
  yield* run("UPDATE sync_nodes SET received_packet_no = $2, last_sync_in = $3 WHERE id = $1", id, packetNo, now);
}

/** It was here, and has everything up to a version. What comes late does not set it back. @param here.anew it begins to fetch everything */
export function* noteHere(
  id: string,
  here: {
    readonly position: number;
    readonly answerNo: number;
    readonly skew: number;
    readonly now: string;
    readonly anew: boolean;
  },
): Work<void> {
  yield* run(
    `UPDATE sync_nodes SET position = CASE WHEN position > $2 THEN position ELSE $2 END,
       sent_packet_no = CASE WHEN sent_packet_no > $3 THEN sent_packet_no ELSE $3 END, skew_ms = $4, last_sync_out = $5,
       resync = CASE WHEN $6 THEN NULL ELSE resync END
     WHERE id = $1`,
    id,
    here.position,
    here.answerNo,
    here.skew,
    here.now,
    here.anew,
  );
}

const select = `SELECT CAST(id AS TEXT) AS id, code, name, description, CAST(token_expires AS TEXT) AS token_expires, revoked,
  CAST(last_sync_in AS TEXT) AS last_sync_in, CAST(last_sync_out AS TEXT) AS last_sync_out, received_packet_no, sent_packet_no,
  position, skew_ms, CAST(filters AS TEXT) AS filters, resync FROM sync_nodes`;

type StoredNode = Omit<SyncNode, "filters" | "revoked"> & {
  readonly filters: string | null;
  readonly revoked: boolean | number;
};

function toNode(row: StoredNode): SyncNode {
  return {
    ...row,
    token_expires: canonicalTimestamp(row.token_expires),
    last_sync_in: row.last_sync_in && canonicalTimestamp(row.last_sync_in),
    last_sync_out: row.last_sync_out && canonicalTimestamp(row.last_sync_out),
    revoked: Boolean(row.revoked),
    received_packet_no: Number(row.received_packet_no),
    sent_packet_no: Number(row.sent_packet_no),
    position: Number(row.position),
    skew_ms: row.skew_ms === null ? null : Number(row.skew_ms),
    filters: row.filters === null ? {} : (JSON.parse(row.filters) as Filters),
  };
}

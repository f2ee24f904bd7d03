import { rowsOf, run, type Work } from "../store/work.ts";

/** A packet that is on its way, or its answer. */
export interface KeptPacket {
  readonly packet_no: number;
  readonly content_hash: string;
  /** JSON. */
  readonly body: string;
}

export function* keepPacket(node: string, { packet_no, content_hash, body }: KeptPacket, now: string): Work<void> {
  yield* run(
    "INSERT INTO sync_packets (node_id, packet_no, content_hash, body, created_at) VALUES ($1, $2, $3, $4, $5)",
    node,
    packet_no,
    content_hash,
    body,
    now,
  );
}

/** In their order. */
export function* keptPackets(node: string, limit: number): Work<KeptPacket[]> {
  const rows = yield* rowsOf<KeptPacket>(
    "SELECT packet_no, content_hash, body FROM sync_packets WHERE node_id = $1 ORDER BY packet_no LIMIT $2",
    node,
    limit,
  );
  return rows.map((row) => ({ ...row, packet_no: Number(row.packet_no) }));
}

export function* keptPacket(node: string, packetNo: number): Work<KeptPacket | undefined> {
  const [row] = yield* rowsOf<KeptPacket>(
    "SELECT packet_no, content_hash, body FROM sync_packets WHERE node_id = $1 AND packet_no = $2",
    node,
    packetNo,
  );
  return row && { ...row, packet_no: Number(row.packet_no) };
}

export function* dropPackets(node: string, upTo: number): Work<void> {
  yield* run("DELETE FROM sync_packets WHERE node_id = $1 AND packet_no <= $2", node, upTo);
}

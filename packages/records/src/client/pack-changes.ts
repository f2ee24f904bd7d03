import { type KeptPacket, keepPacket } from "../books/packets.ts";
import { byRecord, forget, type Pending, putInPacket, sendable, stampWrites } from "../books/queue.ts";
import { readRecords } from "../books/records.ts";
import { readNumber, writeState } from "../books/state.ts";
import { type Change, keyOf } from "../packet/change.ts";
import { contentHash } from "../packet/content-hash.ts";
import { rowsOfRecords } from "../store/apply-rows.ts";
import type { Work } from "../store/work.ts";
import type { Row } from "../values/kind.ts";
import type { NodeContext } from "./context.ts";

/**
 * Make a packet of what was written here, and keep it until it is answered: it is sent as it is, however often. Returns undefined when
 * there is nothing to send.
 */
export function* packChanges(context: NodeContext, batch: number): Work<KeptPacket | undefined> {
  const { dialect, entities, nodeId, now, at } = context;
  yield* stampWrites(dialect, now);
  const pending = byRecord(yield* sendable(batch));
  if (pending.length === 0) return undefined;
  const rows = yield* rowsOfRecords(dialect, entities, pending);
  const records = yield* readRecords(dialect, pending);
  // What came and went before the server heard of it need not be told.
  const isTold = (one: Pending) => rows.has(keyOf(one)) || records.has(keyOf(one));
  const told = pending.filter(isTold);
  yield* forget(
    dialect,
    pending.filter((one) => !isTold(one)).flatMap(({ ids }) => ids),
  );
  if (told.length === 0) return yield* packChanges(context, batch);
  const changes = told.map(({ ids: _, stamp, ...one }): Change => {
    const data = rows.get(keyOf(one)) ?? null;
    const base_version = records.get(keyOf(one))?.version ?? 0;
    return { ...one, operation: operationOf(data, base_version), base_version, stamp: String(stamp), data };
  });
  const packet_no = (yield* readNumber("sent_packet_no")) + 1;
  const packet = { packet_no, content_hash: contentHash(packet_no, changes), body: JSON.stringify(changes) };
  yield* keepPacket(nodeId, packet, at);
  yield* putInPacket(
    dialect,
    told.flatMap(({ ids }) => ids),
    packet_no,
  );
  yield* writeState("sent_packet_no", packet_no);
  return packet;
}

function operationOf(row: Row | null, base: number): Change["operation"] {
  if (row === null || row.is_deleted === "true") return "DELETE";
  return base === 0 ? "INSERT" : "UPDATE";
}

import { findNode, noteHere } from "../books/nodes.ts";
import { dropPackets } from "../books/packets.ts";
import { readNumber } from "../books/state.ts";
import type { Result } from "../packet/change.ts";
import { type Answer, type Packet, packetFormat } from "../packet/packet.ts";
import type { Work } from "../store/work.ts";
import { SyncError } from "../sync-error.ts";
import type { ServerContext } from "./context.ts";
import { feed } from "./feed.ts";
import { numberNew } from "./number-captured.ts";

/**
 * Answer a packet: what became of its changes, and the next page of what the node has not got. How far it is, is noted.
 * @param results of its changes; none where it had none
 * @throws SyncError 404, 409
 */
export function* answerPacket(
  context: ServerContext,
  nodeId: string,
  packet: Packet,
  results: readonly Result[],
): Work<Answer> {
  const { rules, now, schemaVersion } = context;
  yield* numberNew(context);
  const node = yield* findNode("id", nodeId);
  if (!node) throw new SyncError(404, "not-found", `There is no node ${nodeId}`, "Register");
  if (packet.packet_no === 0 && packet.acknowledged !== node.received_packet_no) {
    const [theirs, ours] = [packet.acknowledged, node.received_packet_no];
    throw new SyncError(
      409,
      "out-of-step",
      `Node ${node.code} knows answers up to packet ${theirs}, and the server took ${ours}`,
      "Register again",
    );
  }
  const { cursor, whole } = packet;
  yield* dropPackets(nodeId, packet.acknowledged);
  const purged = yield* readNumber("purged_before");
  const wanted = whole ? undefined : (node.resync ?? undefined);
  const resync = rules.needsResync(packet, purged, yield* readNumber("version")) ?? wanted;
  yield* noteHere(nodeId, {
    position: whole || resync ? 0 : cursor,
    answerNo: packet.answer_no,
    skew: Date.parse(packet.sent_at) - now,
    now: new Date(now).toISOString(),
    anew: whole && cursor === 0 && resync === undefined,
  });
  const page = resync
    ? { changes: [], cursor: 0, more: true }
    : yield* feed(context, node, cursor, packet.limit, whole);
  return {
    format: packetFormat,
    schema_version: schemaVersion,
    server_time: new Date(now).toISOString(),
    packet_no: packet.answer_no + 1,
    received_packet_no: node.received_packet_no,
    acknowledges: packet.packet_no,
    results: [...results],
    ...page,
    changes: [...page.changes],
    purged_before: purged,
    ...(resync ? { resync } : {}),
  };
}

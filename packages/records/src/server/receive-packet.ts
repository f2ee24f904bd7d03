import { writeHistory } from "../books/history.ts";
import { findNode, noteReceived, type SyncNode } from "../books/nodes.ts";
import { keepPacket, keptPacket } from "../books/packets.ts";
import { readRecords, writeRecords } from "../books/records.ts";
import { readNumber, readState, writeState } from "../books/state.ts";
import { type Change, keyOf, type Result } from "../packet/change.ts";
import type { Packet } from "../packet/packet.ts";
import { newestOf, type Stamp } from "../rules/clock.ts";
import type { Current, Decision } from "../rules/decide.ts";
import { type Applied, applyRows, type Effect, rowsOfRecords } from "../store/apply-rows.ts";
import type { Work } from "../store/work.ts";
import { SyncError } from "../sync-error.ts";
import { timestampOf } from "../values/timestamp.ts";
import { conclude, type Judged } from "./conclude.ts";
import type { ServerContext } from "./context.ts";
import { assertKnown } from "./known-columns.ts";
import { numberNew } from "./number-captured.ts";
import { isVisible } from "./visible.ts";

/**
 * Take a node's packet: its effects, its number and its answer in one transaction. A packet that was answered before is answered with the
 * same words, and has no effect.
 * @throws SyncError 404, 409, 426
 */
export function* receivePacket(context: ServerContext, nodeId: string, packet: Packet): Work<readonly Result[]> {
  const { dialect, rules, now } = context;
  yield* dialect.lock();
  const node = yield* findNode("id", nodeId);
  if (!node) throw new SyncError(404, "not-found", `There is no node ${nodeId}`, "Register");
  const answered = yield* keptPacket(nodeId, packet.packet_no);
  const place = rules.placePacket(
    node.received_packet_no,
    packet.packet_no,
    packet.content_hash,
    answered?.content_hash,
  );
  if (place === "again" && answered) return JSON.parse(answered.body) as Result[];
  if (typeof place === "object") {
    throw new SyncError(
      409,
      "out-of-step",
      `Node ${node.code}: ${place.refused}`,
      "Register again: it then goes on from the server's number",
    );
  }
  assertKnown(packet.changes, context.entities);
  const judged = yield* judge(context, node, packet.changes);
  yield* dialect.applying(true);
  const applied = yield* applyRows(dialect, context.entities, judged.flatMap(effectOf));
  yield* dialect.applying(false);
  const results = yield* record(context, node, judged, applied);
  yield* keepPacket(nodeId, { ...packet, body: JSON.stringify(results) }, timestampOf(now));
  yield* noteReceived(nodeId, packet.packet_no, timestampOf(now));
  return results;
}

function* judge(context: ServerContext, node: SyncNode, changes: readonly Change[]): Work<Judged[]> {
  const { dialect, rules, entities, now, futureBound } = context;
  // Held first: what is written after that waits for us, and what was written before it is numbered.
  const rows = yield* rowsOfRecords(dialect, entities, changes, true);
  yield* numberNew(context);
  const records = yield* readRecords(dialect, changes);
  return changes.map((change) => {
    const key = keyOf(change);
    const stamp = rules.bounded(BigInt(change.stamp), now, futureBound);
    const known = records.get(key);
    const row = rows.get(key) ?? null;
    const current = known && { ...known, stamp: BigInt(known.stamp), node: known.node_id, row };
    return { change, key, stamp, known, current, decision: decision(context, node, change, stamp, current) };
  });
}

function decision(
  { rules, strategyOf }: ServerContext,
  node: SyncNode,
  change: Change,
  stamp: Stamp,
  current: Current | undefined,
): Decision {
  const { filters } = node;
  const refused = { kind: "conflict", winner: "current" } as const;
  if (!isVisible(filters, change.entity_type, current?.row ?? null)) {
    return { ...refused, rule: "hidden", reason: "the record is outside of what this node may see" };
  }
  if (!isVisible(filters, change.entity_type, change.data)) {
    return { ...refused, rule: "filter", reason: "it would be outside of what this node may see" };
  }
  return rules.decide(change, { stamp, node: node.id }, current, strategyOf(change.entity_type));
}

function effectOf({ change, decision }: Judged): Effect[] {
  const key = { entity_type: change.entity_type, entity_uuid: change.entity_uuid };
  if (decision.kind === "follow") return [{ ...key, data: change.data }];
  if (decision.kind !== "conflict") return [];
  if (decision.merged) return [{ ...key, data: decision.merged }];
  return decision.winner === "incoming" ? [{ ...key, data: change.data }] : [];
}

/** Versions, history and the answer. */
function* record(
  { dialect, strategyOf, now }: ServerContext,
  node: SyncNode,
  judged: readonly Judged[],
  applied: Applied,
): Work<readonly Result[]> {
  const version = yield* readNumber("version");
  const clock = BigInt((yield* readState("clock")) ?? 0);
  const merges = (entityType: string) => strategyOf(entityType) === "merge";
  const { records, history, results } = conclude(judged, applied, {
    node: node.id,
    version,
    now: timestampOf(now),
    merges,
  });
  yield* writeRecords(dialect, records);
  yield* writeHistory(dialect, history);
  yield* writeState("version", Math.max(version, ...records.map((one) => one.version)));
  yield* writeState(
    "clock",
    newestOf(
      judged.map(({ stamp }) => stamp),
      clock,
    ),
  );
  return results;
}

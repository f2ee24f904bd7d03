import { heldBack, holdBack, letGo } from "../books/held-back.ts";
import { dropPackets, keptPacket } from "../books/packets.ts";
import { forgetPacket, pendingOf, stampWrites } from "../books/queue.ts";
import { type RecordState, readRecords, removeRecords, writeRecords } from "../books/records.ts";
import { readNumber, readState, writeState } from "../books/state.ts";
import { type Change, keyOf, type RecordKey, type Result, type Served } from "../packet/change.ts";
import type { Answer, Packet } from "../packet/packet.ts";
import { newestOf } from "../rules/clock.ts";
import { applyRows, type Effect } from "../store/apply-rows.ts";
import { forgetTombstones } from "../store/forget-tombstones.ts";
import type { Work } from "../store/work.ts";
import type { NodeContext } from "./context.ts";
import { beginWhole, endWhole, wholeRound } from "./whole-sync.ts";

/** What an answer brought, for those who watch. */
export interface Taken {
  /** Records that were written or removed here. */
  readonly received: number;
  /** Changes that the server answered for. */
  readonly settled: readonly Result[];
  /** Why everything is fetched anew from here on. */
  readonly resync: string | undefined;
}

/** Take in an answer to a packet: all of its effects, and how far that is, in one transaction. One that comes again has no effect. */
export function* takeAnswer(context: NodeContext, packet: Packet, answer: Answer): Work<Taken> {
  const { dialect, now } = context;
  yield* stampWrites(dialect, now);
  const settled = yield* settleChanges(context, packet, answer);
  if ((yield* readNumber("cursor")) !== packet.cursor) return { received: 0, settled, resync: undefined };
  yield* writeState("answer_no", answer.packet_no);
  if (answer.resync !== undefined) {
    yield* beginWhole(answer.resync, answer.purged_before);
    return { received: 0, settled, resync: answer.resync };
  }
  const received = yield* takeServed(context, answer.changes);
  yield* writeState("cursor", answer.cursor);
  const whole = (yield* wholeRound()) !== undefined;
  if (whole && !answer.more) yield* endWhole(context);
  if (!whole && answer.purged_before > (yield* readNumber("watermark"))) {
    yield* forgetTombstones(dialect, context.entities, answer.purged_before);
    yield* writeState("watermark", answer.purged_before);
  }
  return { received, settled, resync: undefined };
}

function* settleChanges(context: NodeContext, packet: Packet, answer: Answer): Work<readonly Result[]> {
  const { dialect, rules, nodeId } = context;
  const { results, acknowledges } = answer;
  if (acknowledges === 0 || !(yield* keptPacket(nodeId, acknowledges))) return [];
  const sent = new Map(packet.changes.map((change) => [keyOf(change), change]));
  const known = yield* readRecords(dialect, results);
  const pending = yield* pendingOf(dialect, results);
  const effects: Effect[] = [];
  const records: RecordState[] = [];
  const gone: RecordKey[] = [];
  for (const result of results) {
    const key = keyOf(result);
    const before = known.get(key);
    const rewritten = pending.get(key)?.fresh ?? false;
    const { version, parked, data } = rules.settle(result, before?.version ?? 0, rewritten);
    if (data !== undefined) effects.push({ ...keysOf(result), data });
    const deleted = result.deleted ?? sent.get(key)?.operation === "DELETE";
    if (version === 0 && !parked && !rewritten) gone.push(result);
    else records.push(stateOf(context, result, { ...before, version, parked, deleted, ...stampOf(sent.get(key)) }));
  }
  yield* forgetPacket(acknowledges);
  yield* dropPackets(nodeId, acknowledges);
  yield* writeState("acknowledged", acknowledges);
  yield* writeRecords(dialect, records);
  yield* removeRecords(dialect, gone);
  const refused = yield* write(context, effects);
  for (const result of results) {
    const reason = refused.get(keyOf(result));
    if (reason === undefined) continue;
    const { version, deleted = false, data = null } = result;
    yield* holdBack({ ...keysOf(result), version, stamp: "0", deleted, data }, reason);
    yield* writeRecords(dialect, [known.get(keyOf(result)) ?? stateOf(context, result, {})]);
  }
  return results;
}

/** The server's states of records, with those that could not be written before. Returns how many rows that touched. */
function* takeServed(context: NodeContext, changes: readonly Served[]): Work<number> {
  const { dialect, rules, entities } = context;
  const round = yield* wholeRound();
  const fresh = new Set(changes.map(keyOf));
  const held = (yield* heldBack()).map(({ served }) => served);
  const waiting = held.filter((one) => !fresh.has(keyOf(one)));
  // A table that is not here yet is fetched when it is.
  const all = [...waiting, ...changes].filter(({ entity_type }) => entities.has(entity_type));
  const known = yield* readRecords(dialect, all);
  const pending = yield* pendingOf(dialect, all);
  const judged = all.map((served) => {
    const before = known.get(keyOf(served));
    const ours = {
      version: before?.version ?? -1,
      pending: pending.has(keyOf(served)),
      parked: before?.parked ?? false,
    };
    return { served, before, ...rules.receive(served, ours, round !== undefined) };
  });
  const effects = judged.flatMap(({ served, take }) => (take ? [{ ...keysOf(served), data: served.data }] : []));
  const refused = yield* write(context, effects);
  if (held.length > 0) yield* letGo(dialect, all);
  for (const { served } of judged) {
    const reason = refused.get(keyOf(served));
    if (reason !== undefined) yield* holdBack(served, reason);
  }
  yield* writeRecords(
    dialect,
    judged.map(({ served, before, take, parked }) => {
      const written = take && !refused.has(keyOf(served));
      const { version, stamp, deleted } = written ? served : { version: 0, stamp: "0", deleted: false, ...before };
      // Also of what is not taken: that the server has it is to be known when our own write of it is given up.
      return stateOf(context, served, {
        ...before,
        version,
        stamp,
        deleted,
        parked,
        ...(round === undefined ? {} : { round }),
      });
    }),
  );
  yield* moveClock(judged.map(({ served }) => BigInt(served.stamp)));
  return effects.length - refused.size;
}

function* write({ dialect, entities }: NodeContext, effects: readonly Effect[]): Work<ReadonlyMap<string, string>> {
  yield* dialect.applying(true);
  const { refused } = yield* applyRows(dialect, entities, effects);
  yield* dialect.applying(false);
  return refused;
}

/** What is written here from now on comes after what has been seen. */
function* moveClock(stamps: readonly bigint[]): Work<void> {
  const clock = BigInt((yield* readState("clock")) ?? 0);
  const latest = newestOf(stamps, clock);
  if (latest > clock) yield* writeState("clock", latest);
}

function keysOf({ entity_type, entity_uuid }: RecordKey): RecordKey {
  return { entity_type, entity_uuid };
}

function stampOf(change: Change | undefined): { stamp?: string } {
  return change ? { stamp: change.stamp } : {};
}

function stateOf({ at }: NodeContext, key: RecordKey, state: Partial<RecordState>): RecordState {
  return {
    version: 0,
    stamp: "0",
    node_id: null,
    deleted: false,
    parked: false,
    fields: null,
    round: 0,
    ...state,
    ...keysOf(key),
    changed_at: at,
  };
}

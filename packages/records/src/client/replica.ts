import { letAllGo } from "../books/held-back.ts";
import { type KeptPacket, keptPackets } from "../books/packets.ts";
import { backlog } from "../books/queue.ts";
import { clearState, readNumber, readState, type StateName, writeState } from "../books/state.ts";
import type { Entity } from "../entity.ts";
import type { Change } from "../packet/change.ts";
import { type Answer, type Packet, packetFormat } from "../packet/packet.ts";
import { rules as ownRules, type Rules } from "../rules/rules.ts";
import type { Dialect } from "../store/dialect.ts";
import type { Store } from "../store/store.ts";
import { takeIn } from "../store/take-in.ts";
import { run, type Work } from "../store/work.ts";
import { timestampOf } from "../values/timestamp.ts";
import type { NodeContext } from "./context.ts";
import { packChanges } from "./pack-changes.ts";
import { type Taken, takeAnswer } from "./take-answer.ts";
import { beginWhole, wholeReason, wholeRound } from "./whole-sync.ts";

/** More packets than that are not sent by file at once. */
const mostKept = 100_000;

export interface ReplicaOptions {
  /** Changes in a packet, at most. 100 unless told. */
  readonly batch?: number;
  /** Records in an answer, at most. 5,000 unless told. */
  readonly page?: number;
  readonly schemaVersion?: string;
  /** ms since the epoch. */
  readonly clock?: () => number;
  readonly rules?: Rules;
}

/** A node's side of the engine, without the way to the server: what to send next, and what an answer makes of it. */
export class Replica {
  readonly store: Store;
  readonly clock: () => number;
  readonly #options: ReplicaOptions;
  #batch: number;

  constructor(store: Store, options: ReplicaOptions = {}) {
    this.store = store;
    this.clock = options.clock ?? Date.now;
    this.#options = options;
    this.#batch = options.batch ?? 100;
  }

  /** Changes in a packet, at most. */
  get batch(): number {
    return this.#batch;
  }

  /**
   * Take part as this node. A node that comes again, and of whose packets the server knows other than we do, numbers them
   * anew: its changes are packed again, and everything is fetched. To a server that does not know it, it sends all that it has.
   */
  async join(nodeId: string, received: number): Promise<void> {
    const { dialect } = this.store;
    await this.store.transaction(function* () {
      const before = yield* readState("node_id");
      const same = before === nodeId;
      yield* writeState("node_id", nodeId);
      const first = yield* readNumber("acknowledged");
      if (same && received >= first && received <= (yield* readNumber("sent_packet_no"))) return;
      if (before !== undefined && !same) yield* forgetServer(dialect);
      yield* unpack(received);
      yield* clearState("columns");
    });
  }

  /**
   * Pack half as many changes from now on, those of the packet that the server found too large first. Returns false when it was one: then
   * somebody has to make its row smaller, or the server take larger ones.
   */
  async split(): Promise<boolean> {
    const isOne = this.#batch === 1;
    this.#batch = Math.ceil(this.#batch / 2);
    await this.store.transaction(function* () {
      yield* unpack(yield* readNumber("acknowledged"));
    });
    return !isOne;
  }

  /** What to send next: a packet that is not answered, or a new one; without changes when there are none. */
  nextPacket(): Promise<Packet> {
    return this.store.transaction(() => this.#nextPacket());
  }

  /** Pack what comes after the packet that is on its way, where there is nothing packed yet: it is sent when that one is answered. */
  async packAhead(): Promise<void> {
    await this.store.transaction(() => this.#packAhead());
  }

  /** Take in the answer to a packet. */
  take(packet: Packet, answer: Answer): Promise<Taken> {
    return this.store.transaction(() => this.#take(packet, answer));
  }

  /** Put everything that was written here into packets, and give those: to be carried there otherwise. */
  packAll(): Promise<Packet[]> {
    return this.store.transaction(() => this.#packAll());
  }

  /** Records that wait to be sent, and since when the oldest does. */
  backlog() {
    return this.store.transaction(backlog);
  }

  /** Have every write captured from here on, and rows that were there before sent. */
  async takeIn(): Promise<void> {
    await this.store.transaction(() => takeIn(this.store.dialect, "node"));
  }

  /** Fetch everything anew with the next exchanges. */
  resync(reason: string): Promise<void> {
    return this.store.transaction(function* () {
      yield* beginWhole(reason, yield* readNumber("watermark"));
    });
  }

  entities(): Promise<readonly Entity[]> {
    return this.store.transaction(() => this.store.dialect.entities());
  }

  remember(name: StateName, value: string | number): Promise<void> {
    return this.store.transaction(() => writeState(name, value));
  }

  recall(name: StateName): Promise<string | undefined> {
    return this.store.transaction(() => readState(name));
  }

  *#take(packet: Packet, answer: Answer): Work<Taken> {
    return yield* takeAnswer(yield* this.#context(), packet, answer);
  }

  *#nextPacket(): Work<Packet> {
    yield* takeIn(this.store.dialect, "node");
    const context = yield* this.#context();
    if ((yield* wholeRound()) === undefined) {
      const reason = yield* wholeReason(context.entities);
      if (reason !== undefined) yield* beginWhole(reason, yield* readNumber("watermark"));
    }
    const [waiting] = yield* keptPackets(context.nodeId, 1);
    // Whether the server still has a record is known at the end of a whole sync.
    const whole = (yield* wholeRound()) !== undefined;
    const kept = waiting ?? (whole ? undefined : yield* packChanges(context, this.#batch));
    const envelope = yield* this.#envelope(context);
    return kept ? withChanges(envelope, kept) : envelope;
  }

  *#packAhead(): Work<void> {
    const context = yield* this.#context();
    const whole = (yield* wholeRound()) !== undefined;
    if (!whole && (yield* keptPackets(context.nodeId, 2)).length < 2) yield* packChanges(context, this.#batch);
  }

  *#packAll(): Work<Packet[]> {
    const context = yield* this.#context();
    while (yield* packChanges(context, this.#batch)) {}
    const envelope = yield* this.#envelope(context);
    const packets = yield* keptPackets(context.nodeId, mostKept);
    return packets.map((kept) => withChanges(envelope, kept));
  }

  *#context(): Work<NodeContext> {
    const { dialect } = this.store;
    const entities = yield* dialect.entities();
    const now = this.clock();
    return {
      dialect,
      rules: this.#options.rules ?? ownRules,
      entities: new Map(entities.map((entity) => [entity.name, entity])),
      nodeId: (yield* readState("node_id")) ?? "",
      now,
      at: timestampOf(now),
    };
  }

  *#envelope({ nodeId, now }: NodeContext): Work<Packet> {
    return {
      format: packetFormat,
      schema_version: this.#options.schemaVersion ?? "1.0.0",
      node_id: nodeId,
      sent_at: new Date(now).toISOString(),
      packet_no: 0,
      content_hash: "",
      changes: [],
      acknowledged: yield* readNumber("acknowledged"),
      answer_no: yield* readNumber("answer_no"),
      cursor: yield* readNumber("cursor"),
      watermark: yield* readNumber("watermark"),
      whole: (yield* wholeRound()) !== undefined,
      limit: this.#options.page ?? 5_000,
    };
  }
}

/** The versions of another server say nothing here. What was written and not sent stays; what was sent counts as written now. */
function* forgetServer(dialect: Dialect): Work<void> {
  const isPending = `EXISTS (SELECT 1 FROM sync_changes c
    WHERE c.entity_type = sync_records.entity_type AND c.entity_uuid = sync_records.entity_uuid)`;
  yield* run(`DELETE FROM sync_records WHERE NOT ${isPending}`);
  yield* run("UPDATE sync_records SET version = 0, parked = false");
  yield* letAllGo();
  for (const { name } of yield* dialect.entities()) yield* dialect.enable(name, "node");
}

/** What was packed and never taken is packed anew, after the last packet that was. */
function* unpack(taken: number): Work<void> {
  yield* run("DELETE FROM sync_packets");
  yield* run("UPDATE sync_changes SET packet_no = NULL");
  yield* writeState("sent_packet_no", taken);
  yield* writeState("acknowledged", taken);
}

function withChanges(envelope: Packet, { packet_no, content_hash, body }: KeptPacket): Packet {
  return { ...envelope, packet_no, content_hash, changes: JSON.parse(body) as Change[] };
}

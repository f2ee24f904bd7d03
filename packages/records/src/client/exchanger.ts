import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "@understudy/core/light";
import type { Result } from "../packet/change.ts";
import type { Answer, Packet } from "../packet/packet.ts";
import { adopt } from "../store/adopt.ts";
import { SyncError } from "../sync-error.ts";
import type { Replica } from "./replica.ts";
import { withRetries } from "./retry.ts";
import type { Transport } from "./transport.ts";

/** As whom a node takes part, and how patiently. */
export interface Who {
  /** Unique among all nodes. */
  readonly nodeCode: string;
  readonly name?: string;
  readonly description?: string;
  /** Where the server asks for one; with it, a token that has ended is renewed. */
  readonly enrolmentSecret?: string;
  /** 3 unless told. */
  readonly maxRetries?: number;
  /** From 0 up to, and without, 1. */
  readonly random?: () => number;
}

/** What an exchange brought, from its first packet to its last. */
export interface SyncSummary {
  /** Changes of ours that the server decided, and those that wait for a person. */
  readonly processed_count: number;
  readonly error_count: number;
  /** Of both, those that it did not take as they were. */
  readonly conflict_count: number;
  /** Records that came. */
  readonly received_count: number;
}

/** A packet that was answered. */
export interface Exchanged {
  /** Its number; 0: it had no changes. */
  readonly packet_no: number;
  /** Changes in it, and records in its answer. */
  readonly sent: number;
  readonly received: number;
  /** Up to which version everything is here. */
  readonly cursor: number;
  /** From question to answer, and until that was written. */
  readonly answered_ms: number;
  readonly written_ms: number;
}

export interface ExchangerOptions extends Who {
  readonly signal: AbortSignal;
  readonly onExchange: (exchange: Exchanged) => void;
  readonly onConflict: (conflict: Result) => void;
}

/** ms: to compress a packet and hand it to the network takes less. */
const requestLeaves = 5;

/** Brings a replica and its server together over a transport: registers, asks, tries again, until nothing is left to say. */
export class Exchanger {
  readonly #transport: Transport;
  readonly #options: ExchangerOptions;
  #adopted = false;

  constructor(transport: Transport, options: ExchangerOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  /** Exchange until nothing is left to send or to fetch. @throws what keeps it from that */
  async exchangeAll(replica: Replica): Promise<SyncSummary> {
    let [processed_count, error_count, conflict_count, received_count] = [0, 0, 0, 0];
    let ahead: Asked | undefined;
    for (let [joined, renewed] = [false, false]; ; ) {
      try {
        if (!joined) await this.#join(replica, renewed);
        joined = true;
        const packet = await replica.nextPacket();
        const asked = performance.now();
        const asking = ahead && saysTheSame(ahead.packet, packet) ? ahead.answer : this.#ask(replica, packet);
        if (packet.changes.length >= replica.batch) {
          await onItsWay(asking);
          await replica.packAhead();
        }
        const answer = await asking;
        const answered = performance.now();
        ahead = this.#askAhead(replica, packet, answer);
        if (ahead) await onItsWay(ahead.answer);
        const taken = await replica.take(packet, answer);
        this.#options.onExchange({
          packet_no: packet.packet_no,
          sent: packet.changes.length,
          received: answer.changes.length,
          cursor: answer.cursor,
          answered_ms: Math.round(answered - asked),
          written_ms: Math.round(performance.now() - answered),
        });
        const lost = taken.settled.filter((result) => result.conflict_id !== undefined);
        for (const conflict of lost) this.#options.onConflict(conflict);
        const parked = taken.settled.filter(({ status }) => status === "parked").length;
        processed_count += taken.settled.length - parked;
        error_count += parked;
        conflict_count += lost.length;
        received_count += taken.received;
        const all = packet.packet_no === 0 && !packet.whole && !answer.more && taken.resync === undefined;
        if (all) return { processed_count, error_count, conflict_count, received_count };
      } catch (error) {
        ahead = undefined;
        if (error instanceof SyncError && error.status === 413 && (await replica.split())) continue;
        if (renewed || !isMended(error) || (await replica.recall("token")) === undefined) throw error;
        [joined, renewed] = [false, true];
      }
    }
  }

  /** @throws UserError for a node that was never registered */
  async token(replica: Replica): Promise<string> {
    const token = await replica.recall("token");
    if (token === undefined)
      throw new UserError(`${this.#options.nodeCode} is not registered`, { next: "Exchange once with the server" });
    return token;
  }

  #ask(replica: Replica, packet: Packet): Promise<Answer> {
    return this.#retrying(async () => this.#transport.exchange(await this.token(replica), packet));
  }

  /** While one page of everything is written, the server can make the next. Until that is written, too, it counts on neither. */
  #askAhead(
    replica: Replica,
    packet: Packet,
    { more, resync, cursor, packet_no: answer_no }: Answer,
  ): Asked | undefined {
    if (!packet.whole || packet.packet_no > 0 || !more || resync !== undefined) return undefined;
    const next = { ...packet, sent_at: new Date(replica.clock()).toISOString(), cursor, answer_no };
    return { packet: next, answer: this.#ask(replica, next) };
  }

  /** Register where that is needed, and make the tables that the server has. */
  async #join(replica: Replica, again: boolean): Promise<void> {
    const { nodeCode, name = nodeCode, description, enrolmentSecret } = this.#options;
    if (again && !enrolmentSecret) {
      throw new SyncError(
        401,
        "unauthorized",
        `The server does not know the token of ${nodeCode} any more`,
        "Start with the enrolment secret",
      );
    }
    if (again || (await replica.recall("token")) === undefined) {
      const request = { code: nodeCode, name, description, secret: enrolmentSecret };
      const enrolled = await this.#retrying(() => this.#transport.register(request));
      await replica.join(enrolled.node_id, enrolled.received_packet_no);
      await replica.remember("token", enrolled.auth_token);
    }
    if (this.#adopted) return;
    const { store } = replica;
    const entities = await this.#retrying(async () => this.#transport.entities(await this.token(replica)));
    await store.transaction(() => adopt(store.dialect, entities, "node"));
    this.#adopted = true;
  }

  #retrying<T>(work: () => Promise<T>): Promise<T> {
    const { maxRetries = 3, random = Math.random, signal } = this.#options;
    return withRetries(work, { retries: maxRetries, random, signal });
  }
}

/** A question to the server, and its answer to be. */
interface Asked {
  readonly packet: Packet;
  readonly answer: Promise<Answer>;
}

/** Work on the database keeps the thread: what was asked before it has to leave first. */
async function onItsWay(asked: Promise<unknown>): Promise<void> {
  asked.catch(() => {});
  await sleep(requestLeaves);
}

/** Whether it helps to register again. */
function isMended(error: unknown): boolean {
  return error instanceof SyncError && (error.code === "unauthorized" || error.code === "out-of-step");
}

/** Packets with their hashes, which stand for their changes. */
function saysTheSame(a: Packet, b: Packet): boolean {
  const question = ({ changes: _, sent_at: __, ...rest }: Packet) => JSON.stringify(rest);
  return question(a) === question(b);
}

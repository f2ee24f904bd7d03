import { EventEmitter } from "node:events";
import type { DatabaseSync } from "node:sqlite";
import { messageOf } from "@understudy/core/light";
import type { Lost } from "../books/history.ts";
import { countParked } from "../books/records.ts";
import type { EntityDescription } from "../entity.ts";
import { exportChanges } from "../file/export-changes.ts";
import { importAnswers } from "../file/import-answers.ts";
import type { Result } from "../packet/change.ts";
import { hashOf } from "../server/register.ts";
import type { Choice } from "../server/resolve.ts";
import { adopt, assertDescribed } from "../store/adopt.ts";
import { digestTable, type TableDigest } from "../store/digest.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { isStore, type Store } from "../store/store.ts";
import { SyncError } from "../sync-error.ts";
import { type Exchanged, Exchanger, type SyncSummary, type Who } from "./exchanger.ts";
import { httpTransport } from "./http-transport.ts";
import { Replica, type ReplicaOptions } from "./replica.ts";
import type { Transport } from "./transport.ts";

/** What a node is made of, and where its server is. */
export interface SyncServiceOptions extends ReplicaOptions, Who {
  /** A file of SQLite, a connection to one, or another store, such as a server's own Postgres. */
  readonly database: string | DatabaseSync | Store;
  /** `https://sync.example.org`, or another way there. */
  readonly serverUrl: string | Transport;
  /** s between two exchanges. 300 unless told. */
  readonly syncInterval?: number;
  /** Exchange at once and then at every interval. True unless told. */
  readonly autoSync?: boolean;
  readonly compression?: boolean;
  /** s that an answer may take. 300 unless told. */
  readonly packetTimeout?: number;
  /** Tables to make as they are described, so that there is something to write to before the server was ever reached; it knows them, too. */
  readonly entities?: readonly EntityDescription[];
}

export type ConnectionStatus = "online" | "offline" | "syncing";

/** How far a node is. */
export interface SyncStatus {
  readonly status: ConnectionStatus;
  readonly node_id: string | null;
  readonly node_code: string;
  /** Records that wait to be sent. */
  readonly pending_changes: number;
  readonly oldest_pending: string | null;
  /** Records that wait for a person. */
  readonly parked: number;
  readonly last_sync: string | null;
  readonly sent_packet_no: number;
  /** The server's versions up to here are here. */
  readonly cursor: number;
  /** Why everything is being fetched anew. */
  readonly resync: string | null;
  readonly error: string | null;
}

/** What a service tells of, and with what. */
export interface SyncEvents {
  sync_started: [];
  sync_completed: [summary: SyncSummary];
  sync_failed: [error: Error];
  conflict_detected: [conflict: Result];
  status_changed: [status: ConnectionStatus];
  /** For a debug log: one packet and its answer. */
  exchanged: [exchange: Exchanged];
}

/** A node: a database that is used without a network, and exchanges with the server whenever there is one. */
export class SyncService extends EventEmitter<SyncEvents> implements AsyncDisposable {
  readonly #options: SyncServiceOptions;
  readonly #transport: Transport;
  readonly #exchanger: Exchanger;
  readonly #opening: Promise<Replica>;
  readonly #stop = new AbortController();
  #status: ConnectionStatus = "offline";
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<boolean> | undefined;
  #lastSync: string | null = null;
  #error: string | null = null;

  /** A service whose database is open. @throws what keeps it from being opened */
  static async open(options: SyncServiceOptions): Promise<SyncService> {
    const service = new SyncService(options);
    await service.#opening;
    return service;
  }

  /** Its database is opened meanwhile; if that fails, so does all that is asked of it. */
  constructor(options: SyncServiceOptions) {
    super();
    const { serverUrl, compression = true, packetTimeout = 300, autoSync = true, syncInterval = 300 } = options;
    this.#options = options;
    this.#transport =
      typeof serverUrl === "string"
        ? httpTransport(serverUrl, { compression, timeout: packetTimeout * 1_000 })
        : serverUrl;
    this.#exchanger = new Exchanger(this.#transport, {
      ...options,
      signal: this.#stop.signal,
      onExchange: (exchange) => this.emit("exchanged", exchange),
      onConflict: (conflict) => this.emit("conflict_detected", conflict),
    });
    this.#opening = openReplica(options);
    this.#opening.catch(() => {});
    if (!autoSync) return;
    this.setSyncInterval(syncInterval);
    setImmediate(() => {
      if (!this.#stop.signal.aborted) void this.syncNow();
    });
  }

  /** Exchange until nothing is left to send or to fetch. Returns whether that worked; the events tell more. Calls at the same time are one. */
  syncNow(): Promise<boolean> {
    this.#running ??= this.#sync().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** @param seconds between two exchanges; 0: only when asked */
  setSyncInterval(seconds: number): void {
    clearInterval(this.#timer);
    if (seconds > 0) this.#timer = setInterval(() => void this.syncNow(), seconds * 1_000).unref();
  }

  async getSyncStatus(): Promise<SyncStatus> {
    const replica = await this.#opening;
    const { records, since } = await replica.backlog();
    return {
      status: this.#status,
      node_id: (await replica.recall("node_id")) ?? null,
      node_code: this.#options.nodeCode,
      pending_changes: records,
      oldest_pending: since,
      parked: await replica.store.transaction(countParked),
      last_sync: this.#lastSync,
      sent_packet_no: Number((await replica.recall("sent_packet_no")) ?? 0),
      cursor: Number((await replica.recall("cursor")) ?? 0),
      resync: (await replica.recall("resync")) ?? null,
      error: this.#error,
    };
  }

  /** Write what waits to be sent into a file, to be carried to the server: `pnpm records:import`. Returns how many packets that are; where there are none, there is no file. */
  async exportPendingChanges(file: string): Promise<number> {
    const replica = await this.#opening;
    const packets = await replica.packAll();
    if (packets.length === 0) return 0;
    await exportChanges(file, packets, { code: this.#options.nodeCode, key: hashOf(await this.#token()) });
    return packets.length;
  }

  /** Take in the file that the server made of an exported one. Returns how many packets it answers. */
  async importChanges(file: string): Promise<number> {
    return await importAnswers(file, await this.#opening, hashOf(await this.#token()));
  }

  /** Decide a conflict of this node's. @throws SyncError 404, 422 */
  async resolveConflict(conflictId: string, choice: Choice): Promise<Lost> {
    const lost = await this.#transport.resolve(await this.#token(), conflictId, choice);
    await this.syncNow();
    return lost;
  }

  /** Compare every table with the server's. @returns those that differ, theirs and ours */
  async compare(): Promise<{ readonly theirs: TableDigest; readonly ours: TableDigest | undefined }[]> {
    const replica = await this.#opening;
    const entities = new Map((await replica.entities()).map((entity) => [entity.name, entity]));
    const differing = [];
    for (const theirs of await this.#transport.digest(await this.#token())) {
      const entity = entities.get(theirs.name);
      const ours = entity && (await digestTable(replica.store, entity, theirs.columns));
      if (ours?.sum !== theirs.sum || ours.rows !== theirs.rows) differing.push({ theirs, ours });
    }
    return differing;
  }

  /** Fetch everything anew, and drop what the server does not have; what waits to be sent stays. */
  async repair(): Promise<boolean> {
    await (await this.#opening).resync("repair");
    return await this.syncNow();
  }

  /** Ends after the exchange that is going on. */
  async close(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#timer);
    await this.#running;
    const replica = await this.#opening.catch(() => undefined);
    await replica?.store[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #sync(): Promise<boolean> {
    this.emit("sync_started");
    this.#become("syncing");
    try {
      const replica = await this.#opening;
      const summary = await this.#exchanger.exchangeAll(replica);
      this.#lastSync = new Date(replica.clock()).toISOString();
      this.#error = null;
      this.#become("online");
      this.emit("sync_completed", summary);
      return true;
    } catch (error) {
      const answered = error instanceof SyncError && error.status > 0;
      this.#error = messageOf(error);
      this.#become(answered ? "online" : "offline");
      this.emit("sync_failed", error as Error);
      return false;
    }
  }

  async #token(): Promise<string> {
    return await this.#exchanger.token(await this.#opening);
  }

  #become(status: ConnectionStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.emit("status_changed", status);
  }
}

/** Open a node's database: tables that are described are there, and writes are captured from here on. */
async function openReplica(options: SyncServiceOptions): Promise<Replica> {
  const { database, entities = [] } = options;
  const store = isStore(database) ? database : await SqliteStore.open(database);
  try {
    await store.transaction(function* () {
      yield* adopt(store.dialect, entities, "node");
      yield* assertDescribed(store.dialect, entities);
    });
    return new Replica(store, options);
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

import { type Log, messageOf } from "@understudy/core";
import type { ConnectOptions } from "@understudy/postgres";
import { PostgresStore, SyncService } from "@understudy/records";
import type { Peers } from "../peers.ts";
import type { PeerClient } from "../remote/peer-client.ts";
import { isLocked } from "../side/database-lock.ts";
import type { PeriodicStatus } from "../types.ts";
import { peerTransport } from "./transport.ts";

type PeriodicSettings = Peers["settings"]["periodic"];

/**
 * Exchanges what was written here and there with one peer, every so often, as a node of its record engine. While a full sync has the
 * database it rests; what that wrote is captured like every other write, and meets itself on the other side, where it is the same.
 */
export class Periodic implements AsyncDisposable {
  readonly #service: SyncService;
  readonly #store: PostgresStore;
  readonly #client: PeerClient;
  readonly #database: ConnectOptions;
  readonly #settings: PeriodicSettings;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #paused = false;
  #exchanging = false;
  #began = Date.now();

  static async open(peers: Peers, log: Log): Promise<Periodic> {
    const { settings } = peers;
    const login = peers.requireDatabase();
    const peer = peers.find(settings.periodic.with ?? "");
    const store = await PostgresStore.open({ ...login, timeout: 300_000 });
    const client = await peers.client(peer);
    const service = await SyncService.open({
      database: store,
      serverUrl: peerTransport(client, (token) => peers.client({ ...peer, token })),
      nodeCode: peers.book.nodeId,
      name: peers.name,
      // The peer's token is what lets it register again.
      enrolmentSecret: "by the peer's token",
      schemaVersion: peers.target.settings.records.schemaVersion,
      autoSync: false,
      maxRetries: 0,
    });
    return new Periodic({ service, store, client, database: login, settings: settings.periodic, log });
  }

  private constructor(parts: {
    service: SyncService;
    store: PostgresStore;
    client: PeerClient;
    database: ConnectOptions;
    settings: PeriodicSettings;
    log: Log;
  }) {
    this.#service = parts.service;
    this.#store = parts.store;
    this.#client = parts.client;
    this.#database = parts.database;
    this.#settings = parts.settings;
    this.#log = parts.log;
    this.#service.on("sync_failed", (error) => parts.log.warn({ error: messageOf(error) }, "an exchange failed"));
    this.#service.on("conflict_detected", (conflict) => parts.log.info({ conflict }, "a conflict"));
    this.#service.on("sync_completed", (summary) => parts.log.debug({ summary }, "exchanged"));
    this.#timer = setInterval(() => void this.exchange(), parts.settings.exchangeSeconds * 1_000).unref();
    void this.exchange();
  }

  /** Exchange now, unless a full sync has the database. Calls at the same time are one. */
  exchange(): Promise<void> {
    this.#running ??= this.#exchange().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async status(): Promise<PeriodicStatus> {
    const { last_sync, pending_changes, oldest_pending, parked, error } = await this.#service.getSyncStatus();
    const state = this.#paused ? "paused" : this.#exchanging ? "exchanging" : error ? "failing" : "idle";
    return {
      enabled: true,
      everySeconds: this.#settings.exchangeSeconds,
      peer: this.#client.name,
      tables: this.#settings.tables,
      state,
      pausedBecause: this.#paused ? "a full sync uses the database" : null,
      lastExchange: last_sync,
      lagSeconds: lagOf({ oldest_pending, last_sync, failing: error !== null, began: this.#began }, Date.now()),
      pendingChanges: pending_changes,
      conflicts: parked,
      error,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#running?.catch(() => {});
    await this.#service.close();
    await this.#store[Symbol.asyncDispose]();
    this.#client.close();
  }

  async #exchange(): Promise<void> {
    try {
      this.#paused = await isLocked(this.#database);
      if (this.#paused) return;
      this.#exchanging = true;
      await this.#service.syncNow();
    } catch (error) {
      this.#log.warn({ error: messageOf(error) }, "an exchange failed");
    } finally {
      this.#exchanging = false;
    }
  }
}

/** What is said where no periodic sync starts from. */
export function offStatus({
  exchangeSeconds,
  tables,
}: Pick<PeriodicSettings, "exchangeSeconds" | "tables">): PeriodicStatus {
  return {
    enabled: false,
    everySeconds: exchangeSeconds,
    peer: null,
    tables,
    state: "off",
    pausedBecause: null,
    lastExchange: null,
    lagSeconds: null,
    pendingChanges: 0,
    conflicts: 0,
    error: null,
  };
}

/** Seconds that the other side is behind: since the oldest write that waits, or, while exchanges fail, since the last that worked. */
export function lagOf(
  at: {
    readonly oldest_pending: string | null;
    readonly last_sync: string | null;
    readonly failing: boolean;
    /** When exchanges were begun with, ms. */
    readonly began: number;
  },
  now: number,
): number {
  const worked = at.last_sync === null ? at.began : Date.parse(at.last_sync);
  const since = [
    ...(at.oldest_pending === null ? [] : [Date.parse(at.oldest_pending)]),
    ...(at.failing ? [worked] : []),
  ];
  return since.length === 0 ? 0 : Math.max(0, Math.round((now - Math.min(...since)) / 1_000));
}

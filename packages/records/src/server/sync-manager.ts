import { isDeepStrictEqual } from "node:util";
import type { Lost } from "../books/history.ts";
import { changeFilters, type Filters, findNode, readNodes, type SyncNode } from "../books/nodes.ts";
import { register } from "../books/queue.ts";
import { pendingFor } from "../books/records.ts";
import { readNumber, writeState } from "../books/state.ts";
import type { Entity, EntityDescription } from "../entity.ts";
import type { Operation, Result, Served } from "../packet/change.ts";
import type { Answer, Packet } from "../packet/packet.ts";
import { asStrategy, type Strategy } from "../rules/decide.ts";
import { rules as ownRules, type Rules } from "../rules/rules.ts";
import { adopt, assertDescribed } from "../store/adopt.ts";
import { applyRows, rowsOfRecords } from "../store/apply-rows.ts";
import type { Store } from "../store/store.ts";
import { takeIn } from "../store/take-in.ts";
import { SyncError } from "../sync-error.ts";
import type { Row } from "../values/kind.ts";
import { answerPacket } from "./answer-packet.ts";
import type { ServerContext } from "./context.ts";
import { feed } from "./feed.ts";
import { assertKnown, assertSchema } from "./known-columns.ts";
import { numberCaptured, numberNew } from "./number-captured.ts";
import { type Purged, purge, type Retention } from "./purge.ts";
import { receivePacket } from "./receive-packet.ts";
import { type Enrolment, enrol, type Registered } from "./register.ts";
import { type Choice, type Resolver, resolve } from "./resolve.ts";

export interface ServerOptions {
  /** `server-wins` unless told. */
  readonly strategy?: Strategy;
  /** By entity, where it is another. */
  readonly strategies?: Readonly<Record<string, Strategy>>;
  /** `major.minor.patch`; `1.0.0` unless told. */
  readonly schemaVersion?: string;
  /** How far in the future a stamp may be, ms. 60 s unless told. */
  readonly futureBound?: number;
  /** ms since the epoch. */
  readonly clock?: () => number;
  readonly rules?: Rules;
}

/** More than any server gives between a backup and its restoration. */
const versionsApart = 2 ** 32;

/** The server's side of the engine: nodes, their packets, and what they are answered. */
export class SyncManager {
  readonly store: Store;
  readonly schemaVersion: string;
  readonly clock: () => number;
  readonly #options: ServerOptions;
  #strategy: Strategy;
  #entities: ReadonlyMap<string, Entity> = new Map();

  /** Take the tables that are there, and those that have become entities since. */
  static async open(store: Store, options: ServerOptions = {}): Promise<SyncManager> {
    const manager = new SyncManager(store, options);
    await manager.refresh();
    return manager;
  }

  private constructor(store: Store, options: ServerOptions) {
    this.store = store;
    this.schemaVersion = options.schemaVersion ?? "1.0.0";
    this.clock = options.clock ?? Date.now;
    this.#options = options;
    this.#strategy = asStrategy(options.strategy ?? "server-wins");
    for (const strategy of Object.values(options.strategies ?? {})) asStrategy(strategy);
  }

  get entities(): readonly Entity[] {
    return [...this.#entities.values()];
  }

  /** Look for tables that take part now. */
  async refresh(): Promise<void> {
    const { dialect } = this.store;
    const found = await this.store.transaction(() => dialect.entities());
    const known = JSON.stringify(this.entities);
    if (JSON.stringify(found) === known) return;
    await this.store.transaction(function* () {
      yield* dialect.lock();
      yield* takeIn(dialect, "server");
    });
    this.#entities = new Map(found.map((entity) => [entity.name, entity]));
  }

  /** Make tables that are described and missing, and let them take part. @throws UserError where one is there otherwise */
  async describe(entities: readonly EntityDescription[]): Promise<void> {
    if (entities.length === 0) return;
    const { dialect } = this.store;
    await this.store.transaction(function* () {
      yield* dialect.lock();
      yield* adopt(dialect, entities, "server");
      yield* assertDescribed(dialect, entities);
    });
    await this.refresh();
  }

  /** Add what a table needs to take part, and number the rows that it has. Returns what was done, for people. */
  async enable(table: string): Promise<string[]> {
    const { dialect } = this.store;
    const done = await this.store.transaction(function* () {
      yield* dialect.lock();
      return yield* dialect.enable(table, "server");
    });
    await this.refresh();
    return done;
  }

  /** Take in a node, or give one that is known a new token. @throws SyncError 409 for a code that another has */
  registerNode(enrolment: Enrolment): Promise<Registered> {
    return this.store.transaction(() => enrol(this.store.dialect, enrolment, this.clock()));
  }

  setDefaultStrategy(strategy: Strategy): void {
    this.#strategy = asStrategy(strategy);
  }

  /** Note a write that no trigger has seen. */
  registerChange(entityType: string, entityUuid: string, operation: Operation): Promise<void> {
    return this.store.transaction(() =>
      register({ entity_type: entityType, entity_uuid: entityUuid }, operation, this.clock()),
    );
  }

  /** What a node has not got yet, oldest first; its own writes are not among it. @param after a version, its position unless told */
  async getPendingChanges(targetNode: string, limit: number, after?: number): Promise<readonly Served[]> {
    const node = await this.node(targetNode);
    const context = this.#context();
    const page = await this.store.transaction(function* () {
      yield* numberNew(context);
      return yield* feed(context, node, after ?? node.position, limit, false);
    });
    return page.changes;
  }

  /** How many records that is, and since when the oldest is there. */
  countPending(node: SyncNode): Promise<{ readonly records: number; readonly since: string | null }> {
    return this.store.transaction(() => pendingFor(node.id, node.position));
  }

  /** A record's row as it travels; undefined when there is none. */
  async serializeEntity(entityType: string, entityUuid: string): Promise<Row | undefined> {
    const key = { entity_type: entityType, entity_uuid: entityUuid };
    const rows = await this.store.transaction(() => rowsOfRecords(this.store.dialect, this.#entities, [key]));
    return [...rows.values()][0];
  }

  /** Write a record as the server's own. Returns false when a constraint refuses it. @throws SyncError 422, 426 for what is no row of a table here */
  async applyChange(entityType: string, entityUuid: string, operation: Operation, data: Row | null): Promise<boolean> {
    if (operation !== "DELETE" && data === null)
      throw new SyncError(422, "invalid-packet", `${operation} needs a row`, "Give one", { field: "data" });
    const row = operation === "DELETE" ? null : { ...data, uuid: entityUuid };
    assertKnown([{ entity_type: entityType, data: row }], this.#entities);
    const key = { entity_type: entityType, entity_uuid: entityUuid, data: row };
    const applied = await this.store.transaction(() => applyRows(this.store.dialect, this.#entities, [key]));
    return applied.refused.size === 0;
  }

  /** What a node is sent after what it has. @param packetNo of the answer */
  async getSyncPacket(
    targetNode: string,
    packetNo: number,
  ): Promise<{ packet_no: number; changes: readonly Served[] }> {
    return { packet_no: packetNo, changes: await this.getPendingChanges(targetNode, 100) };
  }

  /** Take a node's packet. Returns what became of its changes. @throws SyncError */
  processSyncPacket(nodeId: string, packet: Packet): Promise<readonly Result[]> {
    const context = this.#context();
    return this.store.transaction(() => receivePacket(context, nodeId, packet));
  }

  /** Take a node's packet, if it has changes, and answer it. @throws SyncError 404, 409, 426 */
  async exchange(nodeId: string, packet: Packet): Promise<Answer> {
    assertSchema(packet.schema_version, this.schemaVersion);
    const results = packet.packet_no > 0 ? await this.processSyncPacket(nodeId, packet) : [];
    const context = this.#context();
    return this.store.transaction(() => answerPacket(context, nodeId, packet, results));
  }

  /** Forget old deletions and old versions that lost. */
  purge(retention: Retention): Promise<Purged> {
    const context = this.#context();
    return this.store.transaction(() => purge(context, retention));
  }

  /**
   * Its database was set back to an earlier state: versions that were given since may be with nodes. None of them is given again, and
   * every node fetches everything anew; what it wrote since is compared with what is here. Returns the version to go on from.
   */
  restored(): Promise<number> {
    const context = this.#context();
    return this.store.transaction(function* () {
      yield* context.dialect.lock();
      yield* numberCaptured(context);
      const version = (yield* readNumber("version")) + versionsApart;
      yield* writeState("version", version);
      yield* writeState("purged_before", version);
      return version;
    });
  }

  /** End what waits for a person. @throws SyncError 404, 422 */
  resolve(conflictId: string, choice: Choice, resolver: Resolver): Promise<Lost> {
    const context = this.#context();
    return this.store.transaction(() => resolve(context, conflictId, choice, resolver));
  }

  /** @throws SyncError 404 */
  async node(id: string): Promise<SyncNode> {
    const node = await this.store.transaction(() => findNode("id", id));
    if (!node) throw new SyncError(404, "not-found", `There is no node ${id}`, "Check the id, or register");
    return node;
  }

  /** Say which rows a node sees from now on. @throws SyncError 404 */
  async setFilters(nodeId: string, filters: Filters): Promise<void> {
    const node = await this.node(nodeId);
    if (!isDeepStrictEqual(node.filters, filters)) await this.store.transaction(() => changeFilters(nodeId, filters));
  }

  nodes(): Promise<SyncNode[]> {
    return this.store.transaction(readNodes);
  }

  #context(): ServerContext {
    const { strategies = {}, rules = ownRules, futureBound = 60_000 } = this.#options;
    return {
      dialect: this.store.dialect,
      rules,
      entities: this.#entities,
      strategyOf: (entityType) => strategies[entityType] ?? this.#strategy,
      schemaVersion: this.schemaVersion,
      now: this.clock(),
      futureBound,
    };
  }
}

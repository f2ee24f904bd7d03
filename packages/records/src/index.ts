export type { HistoryQuery, Lost } from "./books/history.ts";
export type { Filters, SyncNode } from "./books/nodes.ts";
export type { Exchanged, SyncSummary, Who } from "./client/exchanger.ts";
export { httpTransport } from "./client/http-transport.ts";
export { Replica, type ReplicaOptions } from "./client/replica.ts";
export {
  type ConnectionStatus,
  type SyncEvents,
  SyncService,
  type SyncServiceOptions,
  type SyncStatus,
} from "./client/sync-service.ts";
export type { Transport } from "./client/transport.ts";
export { describeEntity } from "./describe-entity.ts";
export type { Column, Entity, EntityDescription } from "./entity.ts";
export { importChanges } from "./file/import-changes.ts";
export { type PluginOptions, syncPlugin } from "./http/sync-plugin.ts";
export { createSyncServer, type SyncServer, type SyncServerOptions } from "./http/sync-server.ts";
export type { Change, Operation, Result, Served } from "./packet/change.ts";
export { type Answer, type Packet, readAnswer } from "./packet/packet.ts";
export { PacketManager, type PacketStatistics, type PendingPacket, type Validation } from "./packet/packet-manager.ts";
export type { Conflict, Judge, Strategy, Verdict } from "./rules/decide.ts";
export { ConflictResolver } from "./server/conflict-resolver.ts";
export { type Explanation, explain, type Loser } from "./server/explain.ts";
export { type Fleet, fleetOf, type NodeStatus } from "./server/fleet.ts";
export type { Purged, Retention } from "./server/purge.ts";
export type { Enrolment, Registered } from "./server/register.ts";
export type { Choice, Resolver } from "./server/resolve.ts";
export { type ServerOptions, SyncManager } from "./server/sync-manager.ts";
export type { TableDigest } from "./store/digest.ts";
export { PostgresStore } from "./store/postgres/postgres-store.ts";
export { SqliteStore } from "./store/sqlite/sqlite-store.ts";
export type { Store } from "./store/store.ts";
export { SyncError, type SyncErrorCode } from "./sync-error.ts";
export type { Kind, Row, Value } from "./values/kind.ts";

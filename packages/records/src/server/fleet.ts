import { countOpen } from "../books/history.ts";
import { backlog } from "../books/queue.ts";
import { readNumber } from "../books/state.ts";
import { safePurgePoint } from "./purge.ts";
import type { SyncManager } from "./sync-manager.ts";

export interface NodeStatus {
  readonly node_id: string;
  readonly node_code: string;
  readonly last_sync_in: string | null;
  readonly last_sync_out: string | null;
  /** Records that it has not got yet. */
  readonly pending_changes: number;
  /** Since when the oldest of them is there. */
  readonly oldest_unacked: string | null;
  readonly sent_packet_no: number;
  readonly received_packet_no: number;
  /** ms that its clock was ahead. */
  readonly skew_ms: number | null;
  readonly token: "valid" | "expired" | "revoked";
}

/** All nodes at one look. */
export interface Fleet {
  readonly version: number;
  readonly purged_before: number;
  /** Deletions up to here can be forgotten without making a node that was here lately fetch everything anew. */
  readonly safe_purge_point: number;
  /** Writes of others in the server's database that have no version yet. */
  readonly unnumbered: number;
  readonly conflicts: number;
  readonly nodes: readonly NodeStatus[];
}

/** @param retention ms that deletions are remembered at least */
export async function fleetOf(manager: SyncManager, retention: number): Promise<Fleet> {
  const now = manager.clock();
  const figures = await manager.store.transaction(function* () {
    return {
      version: yield* readNumber("version"),
      purged_before: yield* readNumber("purged_before"),
      safe_purge_point: yield* safePurgePoint(now, retention),
      unnumbered: (yield* backlog()).records,
      conflicts: yield* countOpen(),
    };
  });
  const nodes = await Promise.all((await manager.nodes()).map(({ id }) => nodeStatusOf(manager, id)));
  return { ...figures, nodes };
}

/** @throws SyncError 404 */
export async function nodeStatusOf(manager: SyncManager, nodeId: string): Promise<NodeStatus> {
  const node = await manager.node(nodeId);
  const { records, since } = await manager.countPending(node);
  const ended = Date.parse(node.token_expires) <= manager.clock();
  return {
    node_id: node.id,
    node_code: node.code,
    last_sync_in: node.last_sync_in,
    last_sync_out: node.last_sync_out,
    pending_changes: records,
    oldest_unacked: since,
    sent_packet_no: node.sent_packet_no,
    received_packet_no: node.received_packet_no,
    skew_ms: node.skew_ms,
    token: node.revoked ? "revoked" : ended ? "expired" : "valid",
  };
}

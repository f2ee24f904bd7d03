import type { SyncManager } from "../server/sync-manager.ts";
import { SyncError } from "../sync-error.ts";
import type { Served } from "./change.ts";
import { compress, decompress } from "./compression.ts";
import { contentHash } from "./content-hash.ts";
import { explainIssue, type Packet, packetSchema } from "./packet.ts";

/** What is on its way to the nodes, for `records:status`. */
export interface PacketStatistics {
  readonly total_nodes: number;
  readonly pending_counts: Readonly<
    Record<string, { readonly code: string; readonly pending_changes: number; readonly last_sync_in: string | null }>
  >;
  readonly timestamp: string;
}

/** What the server has for a node and it has not got yet. */
export interface PendingPacket {
  readonly node_id: string;
  /** Of the answer that would bring it. */
  readonly packet_no: number;
  readonly schema_version: string;
  readonly created_at: string;
  readonly changes: readonly Served[];
}

/** Whether something is a packet that can be taken; where not, why, and which field. */
export type Validation =
  | { readonly valid: true; readonly packet: Packet }
  | { readonly valid: false; readonly reason: string; readonly field: string };

export interface PacketManagerOptions {
  /** Changes in a packet. 100 unless told. */
  readonly batchSize?: number;
  /** Bytes that a packet may unpack to. 64 MB unless told. */
  readonly largest?: number;
}

/** Packets: as bytes and back, checked, counted. */
export class PacketManager {
  readonly batchSize: number;
  readonly #manager: SyncManager;
  readonly #largest: number;

  constructor(manager: SyncManager, options: PacketManagerOptions = {}) {
    this.#manager = manager;
    this.batchSize = options.batchSize ?? 100;
    this.#largest = options.largest ?? 64_000_000;
  }

  /** A packet of changes for a node, numbered as the next that it gets. @throws SyncError 404 */
  async createPacket(targetNode: string, changes: readonly Served[]): Promise<PendingPacket> {
    const { sent_packet_no } = await this.#manager.node(targetNode);
    return this.#packet(targetNode, sent_packet_no + 1, changes);
  }

  /** JSON, gzip, hex. */
  compress(packet: unknown): Promise<string> {
    return compress(packet);
  }

  /** @throws SyncError 413, 422 */
  decompress(data: string): Promise<unknown> {
    return decompress(data, this.#largest);
  }

  validate(data: unknown): Validation {
    return checkPacket(data);
  }

  /** What waits for a node, in packets of `batchSize`, one after the other as they are asked for. @throws SyncError 404 */
  async *getPendingPackets(targetNode: string): AsyncGenerator<PendingPacket> {
    const { sent_packet_no, position } = await this.#manager.node(targetNode);
    let after = position;
    for (let packetNo = sent_packet_no + 1; ; packetNo++) {
      const changes = await this.#manager.getPendingChanges(targetNode, this.batchSize, after);
      const last = changes.at(-1);
      if (!last) return;
      after = last.version;
      yield this.#packet(targetNode, packetNo, changes);
    }
  }

  async getPacketStatistics(): Promise<PacketStatistics> {
    const nodes = await this.#manager.nodes();
    const counts = await Promise.all(
      nodes.map(async (node) => {
        const { records } = await this.#manager.countPending(node);
        return [node.id, { code: node.code, pending_changes: records, last_sync_in: node.last_sync_in }] as const;
      }),
    );
    return { total_nodes: nodes.length, pending_counts: Object.fromEntries(counts), timestamp: this.#now() };
  }

  #packet(node_id: string, packet_no: number, changes: readonly Served[]): PendingPacket {
    return { node_id, packet_no, schema_version: this.#manager.schemaVersion, created_at: this.#now(), changes };
  }

  #now(): string {
    return new Date(this.#manager.clock()).toISOString();
  }
}

/** What came, as a packet. @throws SyncError 422 with the field and why */
export function validatePacket(data: unknown): Packet {
  const checked = checkPacket(data);
  if (checked.valid) return checked.packet;
  const { reason, field } = checked;
  throw new SyncError(422, "invalid-packet", reason, "docs/records-protocol.md shows what a packet is", { field });
}

/** A packet says one thing: of each record one change, with the row that goes with it, and the hash of all. */
function checkPacket(data: unknown): Validation {
  const parsed = packetSchema.safeParse(data);
  if (!parsed.success) return invalid(explainIssue(parsed.error));
  const packet = parsed.data;
  const records = new Set<string>();
  for (const [index, { entity_type, entity_uuid, operation, data: row }] of packet.changes.entries()) {
    const at = `changes.${index}`;
    const key = `${entity_type}/${entity_uuid}`;
    if (records.has(key)) return invalid(`${at}.entity_uuid: the packet has this record twice`);
    records.add(key);
    if (row === null && operation !== "DELETE") return invalid(`${at}.data: ${operation} needs a row`);
    if (row !== null && row.uuid !== entity_uuid)
      return invalid(`${at}.data.uuid: must be the record's, ${entity_uuid}`);
    if (row !== null && (row.is_deleted === "true") !== (operation === "DELETE")) {
      return invalid(`${at}.data.is_deleted: does not go with ${operation}`);
    }
  }
  if ((packet.packet_no === 0) !== (packet.changes.length === 0))
    return invalid("packet_no: 0 is for packets without changes");
  if (packet.packet_no > 0 && contentHash(packet.packet_no, packet.changes) !== packet.content_hash) {
    return invalid("content_hash: the packet is not what was sent");
  }
  return { valid: true, packet };
}

function invalid(reason: string): Validation {
  return { valid: false, reason, field: reason.slice(0, reason.indexOf(":")) };
}

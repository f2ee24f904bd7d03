import { afterEach, beforeEach, expect, it } from "vitest";
import { type SmallServer, startSmallServer } from "../testing/small-server.ts";
import { PacketManager, type PendingPacket } from "./packet-manager.ts";

let small: SmallServer;
let packets: PacketManager;

beforeEach(async () => {
  small = await startSmallServer();
  packets = new PacketManager(small.server.manager, { batchSize: 10 });
});

afterEach(() => small[Symbol.asyncDispose]());

it("gives what waits for a node in packets, each record once, and counts it", async () => {
  const { nodeId } = await small.server.manager.registerNode({
    code: "ann",
    name: "ann",
    trusted: false,
    tokenLife: 1e9,
  });
  const insert = small.database.prepare("INSERT INTO notes (uuid, updated_at, a) VALUES (?, '2026-01-01', 'said')");
  for (let number = 0; number < 25; number++) insert.run(crypto.randomUUID());
  const pending: PendingPacket[] = [];
  for await (const packet of packets.getPendingPackets(nodeId)) pending.push(packet);
  expect(pending.map(({ packet_no, changes }) => [packet_no, changes.length])).toEqual([
    [1, 10],
    [2, 10],
    [3, 5],
  ]);
  expect(new Set(pending.flatMap(({ changes }) => changes.map(({ entity_uuid }) => entity_uuid))).size).toBe(25);
  expect(await packets.createPacket(nodeId, pending[0]?.changes ?? [])).toMatchObject({
    node_id: nodeId,
    packet_no: 1,
  });
  expect(await packets.getPacketStatistics()).toMatchObject({
    total_nodes: 1,
    pending_counts: { [nodeId]: { code: "ann", pending_changes: 25, last_sync_in: null } },
  });
});

it("says why something is no packet, and which field", () => {
  expect(packets.validate({ format: 2 })).toMatchObject({ valid: false, field: "format" });
  expect(packets.validate("nothing")).toMatchObject({ valid: false, field: "packet" });
});

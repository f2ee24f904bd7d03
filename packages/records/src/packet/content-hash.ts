import { createHash } from "node:crypto";
import type { Change } from "./change.ts";

/** SHA-256 in hex of what a packet says, whatever the order in which a parser gives fields and columns. */
export function contentHash(packetNo: number, changes: readonly Change[]): string {
  const content = changes.map((change) => [
    change.entity_type,
    change.entity_uuid,
    change.operation,
    change.base_version,
    change.stamp,
    change.changed && [...change.changed].sort(),
    change.data && Object.entries(change.data).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return createHash("sha256")
    .update(JSON.stringify([packetNo, content]))
    .digest("hex");
}

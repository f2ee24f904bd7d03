import type { Packet } from "../packet/packet.ts";
import { writeSigned } from "./signed-lines.ts";

/** Write packets into a file for `pnpm records:import`. They stay pending until they are answered. */
export async function exportChanges(
  file: string,
  packets: readonly Packet[],
  { code, key }: { readonly code: string; readonly key: string },
): Promise<void> {
  const [first] = packets;
  if (!first) throw new Error("there is nothing to export");
  const { node_id } = first;
  await writeSigned(file, { format: "understudy-records", version: 1, kind: "changes", node_id, code }, packets, key);
}

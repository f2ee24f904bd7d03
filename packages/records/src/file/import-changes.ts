import { UserError } from "@understudy/core/light";
import { tokenHashOf } from "../books/nodes.ts";
import type { Answer, Packet } from "../packet/packet.ts";
import { validatePacket } from "../packet/packet-manager.ts";
import type { SyncManager } from "../server/sync-manager.ts";
import { SyncError } from "../sync-error.ts";
import { readHeader, readSigned, writeSigned } from "./signed-lines.ts";

/** A packet and what the server says to it. */
export interface Answered {
  readonly packet: Packet;
  readonly answer: Answer;
}

export interface Imported {
  readonly code: string;
  readonly packets: number;
  readonly changes: number;
  /** Changes that the server did not take as they were. */
  readonly conflicts: number;
  /** For the node. */
  readonly answers: string;
}

/**
 * Take the packets of a node's file, as if they had come over the network, and write the answers beside it. A file that comes again has no
 * effect, and gets the same answers while the node has not taken them in.
 * @throws UserError for a file that its node did not write
 */
export async function importChanges(manager: SyncManager, file: string): Promise<Imported> {
  const header = await readHeader(file);
  const key = await manager.store.transaction(() => tokenHashOf(header.node_id));
  if (key === undefined || header.kind !== "changes") {
    throw new UserError(`${file} is of a node that is not known here: ${header.code}`, {
      next: "pnpm records:status lists those that are",
    });
  }
  const counts = { packets: 0, changes: 0, conflicts: 0 };
  const answers = async function* (): AsyncGenerator<Answered> {
    for await (const line of readSigned(file, key)) {
      const packet = validatePacket(line);
      if (packet.node_id !== header.node_id)
        throw new SyncError(422, "invalid-packet", "a packet is of another node", "Export it anew");
      const answer = await manager.exchange(header.node_id, packet);
      counts.packets++;
      counts.changes += answer.results.length;
      counts.conflicts += answer.results.filter(({ conflict_id }) => conflict_id !== undefined).length;
      yield { packet, answer };
    }
  };
  const path = `${file}.answers`;
  await writeSigned(path, { ...header, kind: "answers" }, answers(), key);
  return { code: header.code, ...counts, answers: path };
}

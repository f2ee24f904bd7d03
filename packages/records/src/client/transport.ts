import type { Lost } from "../books/history.ts";
import type { Entity } from "../entity.ts";
import type { Answer, Packet } from "../packet/packet.ts";
import type { Choice } from "../server/resolve.ts";
import type { TableDigest } from "../store/digest.ts";

export interface RegisterRequest {
  readonly code: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** The server's enrolment secret. */
  readonly secret?: string | undefined;
}

export interface Enrolled {
  readonly node_id: string;
  readonly auth_token: string;
  readonly server_version: string;
  readonly received_packet_no: number;
}

/** A node's way to the server. What it throws for a refusal is a SyncError with the server's status. */
export interface Transport {
  register(request: RegisterRequest): Promise<Enrolled>;
  exchange(token: string, packet: Packet): Promise<Answer>;
  /** The server's tables. */
  entities(token: string): Promise<readonly Entity[]>;
  digest(token: string): Promise<readonly TableDigest[]>;
  resolve(token: string, conflictId: string, choice: Choice): Promise<Lost>;
}

import { createHash, randomBytes, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { changeFilters, type Filters, findNode, insertNode, renewToken, type SyncNode } from "../books/nodes.ts";
import type { Dialect } from "../store/dialect.ts";
import type { Work } from "../store/work.ts";
import { SyncError } from "../sync-error.ts";
import { timestampOf } from "../values/timestamp.ts";

/** Who wants to take part. */
export interface Enrolment {
  /** Unique, for people. */
  readonly code: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** Whether it showed the enrolment secret: then a code that is known gets a new token. */
  readonly trusted: boolean;
  /** How long its token holds, ms. */
  readonly tokenLife: number;
  /** Which rows it sees; as before, or all, unless told. */
  readonly filters?: Filters | undefined;
}

export interface Registered {
  readonly nodeId: string;
  /** Shown this once: only its hash is kept. */
  readonly token: string;
  readonly expires: string;
  /** The last of its packets that was taken, for a node that comes again. */
  readonly receivedPacketNo: number;
}

/** @throws SyncError 409 for a code that another has */
export function* enrol(dialect: Dialect, enrolment: Enrolment, now: number): Work<Registered> {
  const { code, name, description = null, trusted, tokenLife, filters } = enrolment;
  const token = randomBytes(32).toString("base64url");
  const expires = timestampOf(now + tokenLife);
  yield* dialect.lock();
  const known = yield* findNode("code", code);
  if (!known) {
    const id = randomUUID();
    yield* insertNode({
      id,
      code,
      name,
      description,
      tokenHash: hashOf(token),
      expires,
      filters: filters ?? {},
      now: timestampOf(now),
    });
    return { nodeId: id, token, expires, receivedPacketNo: 0 };
  }
  if (!trusted) {
    throw new SyncError(
      409,
      "code-taken",
      `A node is called "${code}" already`,
      "Choose another code, or register with the enrolment secret",
      {
        field: "code",
      },
    );
  }
  if (filters && !isDeepStrictEqual(known.filters, filters)) yield* changeFilters(known.id, filters);
  yield* renewToken(known.id, hashOf(token), expires);
  return { nodeId: known.id, token, expires, receivedPacketNo: known.received_packet_no };
}

/** Whose token it is. @throws SyncError 401, whatever is wrong with it */
export function* authenticate(token: string, now: number): Work<SyncNode> {
  const node = yield* findNode("token_hash", hashOf(token));
  if (!node || node.revoked || Date.parse(node.token_expires) <= now) {
    throw new SyncError(401, "unauthorized", "The token is unknown, revoked or expired", "Register again");
  }
  return node;
}

/** What is kept of a token, and what signs its node's files. */
export function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

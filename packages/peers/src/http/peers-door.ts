import type { FastifyInstance, FastifyRequest } from "fastify";
import { AgentError } from "../agent-error.ts";
import type { Peers } from "../peers.ts";
import { protocol } from "../plan/agree.ts";
import { allowList, notAllowed } from "./allow-list.ts";
import { Limiter } from "./limiter.ts";

/** A peer that asks. */
export interface Caller {
  readonly nodeId: string;
  readonly name: string;
}

declare module "fastify" {
  interface FastifyRequest {
    /** The peer that asks; null: who has an invitation. */
    peer?: Caller | null;
  }
}

/** Let in who is on the allow-list, shows a token and is of this kind and protocol, before a body is read: who may not ask does not get to send one. */
export function addDoor(server: FastifyInstance, { book, settings, target }: Peers): void {
  const allowed = allowList(settings.allowFrom);
  const limiter = new Limiter(30);
  const callerOf = (nodeId: string): Caller => {
    book.peers.seen(nodeId);
    const known = book.peers.list().find((peer) => peer.nodeId === nodeId);
    return { nodeId, name: known?.name ?? nodeId };
  };
  server.decorateRequest("peer");
  server.addHook("onRequest", async (request) => {
    if (!allowed(request.ip)) throw notAllowed(request.ip);
    limiter.check(request.ip);
    const holder = book.peers.holderOf(tokenOf(request));
    if (holder === undefined) {
      limiter.failed(request.ip);
      const next = "Make one there: pnpm peers:token; then pnpm peers:add";
      throw new AgentError(401, "unauthorized", "The token is unknown or has ended", next);
    }
    assertSameKind(request, target.environment.kind);
    request.peer = holder === null ? null : callerOf(holder);
  });
}

/** What a request shows as `Bearer`; empty: nothing. */
export function tokenOf({ headers }: FastifyRequest): string {
  return bearerOf(headers.authorization);
}

export function bearerOf(authorization: string | undefined): string {
  return /^Bearer (\S{1,200})$/.exec(authorization ?? "")?.[1] ?? "";
}

/** @throws AgentError 401 for who has an invitation only */
export function peerOf({ peer }: FastifyRequest): Caller {
  if (!peer) throw new AgentError(401, "unauthorized", "The invitation was not accepted yet", "pnpm peers:add");
  return peer;
}

/** Peers are of one kind. */
export function otherKind(ours: string, theirs: string): AgentError {
  const next = "Peers are of one kind; production's data comes to staging masked, by pnpm sync:production";
  return new AgentError(409, "kind", `This server is of kind ${ours}, and the caller of kind ${theirs}`, next);
}

function assertSameKind({ headers }: FastifyRequest, kind: "production" | "staging"): void {
  const theirs = headers["x-understudy-kind"];
  const spoken = Number(headers["x-understudy-protocol"]);
  if (spoken !== protocol) {
    const message = `This server speaks protocol ${protocol}, and the caller ${spoken || "none"}`;
    throw new AgentError(426, "protocol", message, "Run the same version of Understudy on both");
  }
  if (theirs !== kind) throw otherKind(kind, String(theirs));
}

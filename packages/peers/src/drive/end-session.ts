import { audit, type Log, messageOf, UserError } from "@understudy/core";
import { z } from "zod";
import { AgentError } from "../agent-error.ts";
import type { KnownPeer } from "../book/known-peers.ts";
import type { Peers } from "../peers.ts";
import type { PeerClient } from "../remote/peer-client.ts";
import { andWritten, writtenBy } from "../side/written.ts";
import { type Session, statuses } from "../types.ts";
import { tellOutcome } from "./tell-outcome.ts";

const endAnswerSchema = z.object({ status: z.enum(statuses).nullable(), written: z.array(z.string()) });
type EndAnswer = z.infer<typeof endAnswerSchema>;

/** How a session ends that did not get through. */
interface Ending {
  readonly status: "cancelled" | "failed";
  readonly message: string;
  readonly next: string | undefined;
}

/**
 * End a session that did not get through, on both sides. What either side has committed already is completed, whoever cancelled it since,
 * and of tables that were written one by one it is said: nobody is told that the target is as it was when it is not. The chunks go first, so
 * that there is room to write it down.
 */
export async function endShort(
  peers: Peers,
  { client, sessionId, ending }: { client: PeerClient | undefined; sessionId: string; ending: Ending },
): Promise<void> {
  const { sessions } = peers.book;
  const { status, message, next } = ending;
  const here = writtenBy(peers.store(sessionId));
  peers.side().forget(sessionId);
  const there = await endThere(client, sessionId, { status: here.isWhole ? "completed" : status, message });
  if (here.isWhole || there?.status === "completed") {
    sessions.become(sessionId, "completed");
    sessions.log(sessionId, "warning", `It was written before this could end it: ${message}`);
    sessions.note(sessionId, { notes: [`It was written before this could end it: ${message}`] });
    return;
  }
  const told = andWritten(message, [...here.tables, ...(there?.written ?? [])]);
  sessions.become(sessionId, status, { message: told, next });
  sessions.log(sessionId, status === "cancelled" ? "warning" : "error", told);
}

/** Why it did not get through: who cancelled it, here or there, else what failed. */
export function endingOf({ book }: Peers, peer: KnownPeer, sessionId: string, error: unknown, log: Log): Ending {
  const there = error instanceof AgentError && error.code === "cancelled" ? peer.name : undefined;
  const by = book.sessions.cancelledBy(sessionId) ?? there;
  if (by) return { status: "cancelled", message: `Cancelled by ${by}`, next: undefined };
  const expected = error instanceof UserError;
  if (!expected) log.error({ error, sessionId }, "a full sync failed");
  return { status: "failed", message: messageOf(error), next: expected ? error.next : undefined };
}

/** A session that another process ended: its log tells when that came too late, and the other side that it has ended. */
export async function endedElsewhere(peers: Peers, client: PeerClient | undefined, session: Session): Promise<void> {
  const { sessionId, status } = session;
  const late = `It was written before another process called it ${status}`;
  if (writtenBy(peers.store(sessionId)).isWhole) peers.book.sessions.log(sessionId, "warning", late);
  await tellEnded(client, session);
}

/** Tell the other side what a session that has ended here came to. */
export async function tellEnded(client: PeerClient | undefined, session: Session): Promise<void> {
  const { sessionId, status, error, rows, tables, notes, verified } = session;
  const outcome = { rows, tables, notes, verified };
  await endThere(client, sessionId, { status, ...(error ? { message: error.message } : {}), outcome });
}

/** The audit hears how a session ended, and the alert channels what is news to this server's people. */
export async function tellEverybody(
  { target }: Peers,
  session: Session,
  { by, log }: { readonly by: string; readonly log: Log },
): Promise<void> {
  const { sessionId, direction, peer, status } = session;
  const result = status === "completed" ? "succeeded" : "failed";
  const detail = { sessionId, direction, peer: peer.name, status };
  audit(target.installation, { who: by, what: "sync:full", environment: target.environment.name, result, detail });
  if (isNews(session)) await tellOutcome(target, session, log);
}

/** Who asks what would be written is told, and nobody else; where a peer drives, that rows were written here, or should have been. */
export function isNews({ options, role, direction, status }: Session): boolean {
  if (options.plan) return false;
  return role === "driver" || (direction === "pull" && status !== "cancelled");
}

/** The other side is told, if it can be; else it notices by itself that nobody asks any more. @returns what the session is there */
async function endThere(
  client: PeerClient | undefined,
  sessionId: string,
  body: object,
): Promise<EndAnswer | undefined> {
  const path = `/api/sync/end?sessionId=${sessionId}`;
  return await client
    ?.call("POST", path, endAnswerSchema, { body, patience: 5_000, idle: 15_000 })
    .catch(() => undefined);
}

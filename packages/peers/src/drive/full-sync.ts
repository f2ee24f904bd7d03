import { randomUUID } from "node:crypto";
import { firstFailure, type Log, messageOf, UserError } from "@understudy/core";
import { z } from "zod";
import { AgentError } from "../agent-error.ts";
import type { KnownPeer } from "../book/known-peers.ts";
import type { Peers } from "../peers.ts";
import type { PeerClient } from "../remote/peer-client.ts";
import { RemoteSide } from "../remote/remote-side.ts";
import { repeat } from "../repeat.ts";
import { hasEnded } from "../session/life.ts";
import type { Direction, FullSyncOptions, Session } from "../types.ts";
import { drive } from "./drive.ts";
import { endedElsewhere, endingOf, endShort, tellEnded, tellEverybody } from "./end-session.ts";
import { keepInTouch } from "./keep-in-touch.ts";
import { lockSoon } from "./lock-soon.ts";
import { Tracker } from "./tracker.ts";

export interface FullSyncRequest {
  readonly direction: Direction;
  /** Node id, name, host or address. */
  readonly peer: string;
  readonly options: FullSyncOptions;
  /** For the log of who did what. */
  readonly by: string;
  readonly log: Log;
  /** Ends the session as cancelled. */
  readonly signal?: AbortSignal;
}

export interface Started {
  readonly sessionId: string;
  /** Comes when the session has ended, however that was. Never rejects. */
  readonly ended: Promise<Session>;
}

/** ms between two looks whether somebody cancels. */
const every = 250;

/** ms that the lock of a process that died is waited for: as long as it takes Postgres to notice that its machine is gone. */
const lockPatience = 40_000;

/** ms that a peer is waited for at the beginning; later on, as long as settings say. */
const firstPatience = 15_000;

/** Begin a full sync that this process drives. @throws UserError when it cannot begin: unknown peer, no database, another one runs */
export async function startFullSync(peers: Peers, request: FullSyncRequest): Promise<Started> {
  const { direction, options } = request;
  const peer = peers.find(request.peer);
  assertNoneOfOurs(peers);
  const sessionId = randomUUID();
  const lock = await lockSoon(peers, 0);
  const [sourceName, targetName] = direction === "pull" ? [peer.name, peers.name] : [peers.name, peer.name];
  peers.book.sessions.insert({
    ...{ sessionId, direction, sourceName, targetName, options },
    method: options.method ?? peers.settings.method,
    role: "driver",
    peer: { nodeId: peer.nodeId, name: peer.name },
  });
  peers.book.sessions.log(sessionId, "info", `${request.by} began: ${sourceName} → ${targetName}`);
  return { sessionId, ended: run(peers, peer, sessionId, lock, request) };
}

/** Go on with a session whose process died. @throws UserError when it cannot */
export async function resumeFullSync(
  peers: Peers,
  sessionId: string,
  request: Pick<FullSyncRequest, "by" | "log" | "signal">,
): Promise<Started> {
  const session = peers.session(sessionId);
  if (session?.status !== "interrupted" || session.role !== "driver") {
    throw new UserError(`Session ${sessionId} is not one that can be resumed`, { next: "pnpm sync:sessions" });
  }
  const peer = peers.find(session.peer.nodeId);
  const lock = await lockSoon(peers, lockPatience);
  if (!peers.book.sessions.become(sessionId, "running")) {
    await lock[Symbol.asyncDispose]();
    throw new UserError(`Another process resumed session ${sessionId} already`);
  }
  peers.book.sessions.log(sessionId, "info", `${request.by} resumed it`, session.phase);
  const { direction, options } = session;
  const again = { ...request, direction, options, peer: peer.nodeId };
  return { sessionId, ended: run(peers, peer, sessionId, lock, again) };
}

/** Drive a session in this process until it has ended, or is left to the next one. What it returns never rejects. */
function run(
  peers: Peers,
  peer: KnownPeer,
  sessionId: string,
  lock: AsyncDisposable,
  request: FullSyncRequest,
): Promise<Session> {
  const { log } = request;
  const stop = new AbortController();
  const begun = peers.book.sessions.get(sessionId) as Session;
  const ended = toTheEnd(peers, peer, sessionId, request, stop)
    .catch((error): Session => {
      log.error({ error, sessionId }, "it was not written down how a full sync ended");
      return { ...begun, status: "failed", error: { message: messageOf(error), next: null } };
    })
    .then(async (session) => {
      await afterwards(peers, session, lock, request).catch((error) =>
        log.error({ error, sessionId }, "after a full sync"),
      );
      peers.drivers.delete(driver);
      return session;
    });
  const driver = { sessionId, stop, ended };
  peers.drivers.add(driver);
  return ended;
}

async function afterwards(
  peers: Peers,
  session: Session,
  lock: AsyncDisposable,
  request: FullSyncRequest,
): Promise<void> {
  await lock[Symbol.asyncDispose]();
  if (session.status === "interrupted") return;
  peers.side().forget(session.sessionId);
  await tellEverybody(peers, session, request);
}

async function toTheEnd(
  peers: Peers,
  peer: KnownPeer,
  sessionId: string,
  request: FullSyncRequest,
  stop: AbortController,
): Promise<Session> {
  const { sessions } = peers.book;
  const watch = repeat(
    every,
    () => watchFor(peers, sessionId, stop),
    (error) => request.log.warn({ error: messageOf(error), sessionId }, "no sign of life"),
  );
  const onSignal = () => sessions.cancel(sessionId, request.by);
  if (request.signal?.aborted) onSignal();
  request.signal?.addEventListener("abort", onSignal);
  let client: PeerClient | undefined;
  try {
    client = await peers.client(peer, (message) => sessions.log(sessionId, "warning", message));
    const begun = sessions.get(sessionId)?.phase !== null;
    await client.greet({ signal: stop.signal, ...(begun ? {} : { patience: firstPatience, idle: firstPatience }) });
    await attempt(peers, client, sessionId, stop);
    sessions.become(sessionId, "completed");
    sessions.log(sessionId, "info", "The full sync is completed");
    await tellEnded(client, sessions.get(sessionId) as Session);
  } catch (thrown) {
    // What was interrupted goes on later.
    const session = sessions.get(sessionId) as Session;
    if (session.status === "running") {
      const ending = endingOf(peers, peer, sessionId, firstFailure(thrown), request.log);
      await endShort(peers, { client, sessionId, ending });
    } else if (hasEnded(session.status)) await endedElsewhere(peers, client, session);
  } finally {
    clearInterval(watch);
    request.signal?.removeEventListener("abort", onSignal);
    client?.close();
  }
  return sessions.get(sessionId) as Session;
}

/** What this process does as the driver. */
async function attempt(peers: Peers, client: PeerClient, sessionId: string, stop: AbortController): Promise<void> {
  const { signal } = stop;
  const { book, settings } = peers;
  const session = book.sessions.get(sessionId) as Session;
  const { direction, method, options } = session;
  const body = { sessionId, direction, method, options };
  await client.call("POST", "/api/sync/sessions", z.unknown(), { body, signal });
  using _ = keepInTouch(client, book.sessions, sessionId, stop);
  const local = peers.side();
  const remote = new RemoteSide(client, {
    sessionId,
    nodes: { ours: book.nodeId, theirs: session.peer.nodeId },
    bandwidth: peers.bandwidth(),
  });
  const [source, target] = direction === "pull" ? [remote, local] : [local, remote];
  const outcome = await drive(source, target, {
    ...{ sessionId, method, options, signal },
    steps: options.steps ?? settings.restore,
    atOnce: settings.chunksAtOnce,
    compress: options.compressionEnabled,
    patience: settings.patienceMinutes * 60_000,
    store: peers.store(sessionId),
    tracker: new Tracker(book.sessions, sessionId),
  });
  book.sessions.note(sessionId, outcome);
}

function watchFor({ book: { sessions } }: Peers, sessionId: string, stop: AbortController): void {
  const by = sessions.cancelledBy(sessionId);
  if (by) stop.abort(new UserError(`Cancelled by ${by}`));
  else if (sessions.get(sessionId)?.status !== "running") stop.abort(new UserError("It was ended by another process"));
  else sessions.beat(sessionId);
}

function assertNoneOfOurs(peers: Peers): void {
  peers.book.sessions.markStuck();
  const [one] = peers.book.sessions
    .unfinished()
    .filter(({ role, status }) => role === "driver" || status === "running");
  if (!one) return;
  if (one.status === "interrupted") {
    throw new AgentError(
      409,
      "interrupted",
      `A full sync was interrupted: ${one.sourceName} → ${one.targetName}, ${one.sessionId}`,
      "Resume it (pnpm sync:full again, or the page), or pnpm sync:clear-stuck",
    );
  }
  throw new AgentError(
    409,
    "busy",
    `A full sync runs: ${one.sourceName} → ${one.targetName}, ${one.sessionId}`,
    "Wait for it, or pnpm sync:cancel it",
  );
}

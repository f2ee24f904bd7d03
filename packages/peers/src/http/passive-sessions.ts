import { setTimeout as sleep } from "node:timers/promises";
import { audit, type Log, messageOf, UserError } from "@understudy/core";
import { AgentError } from "../agent-error.ts";
import type { Outcome } from "../book/session-row.ts";
import type { Progress } from "../book/sessions.ts";
import { tellEverybody } from "../drive/end-session.ts";
import { lockSoon } from "../drive/lock-soon.ts";
import type { Peers } from "../peers.ts";
import { repeat } from "../repeat.ts";
import { hasEnded } from "../session/life.ts";
import type { LocalSide } from "../side/local-side.ts";
import { andWritten } from "../side/written.ts";
import type { Bandwidth } from "../transfer/bandwidth.ts";
import type { Direction, FullSyncOptions, Method, Status } from "../types.ts";
import { PassiveJobs } from "./passive-jobs.ts";
import type { Caller } from "./peers-door.ts";

/** What a peer that drives says at the beginning. */
export interface Begin {
  readonly sessionId: string;
  /** As the driver sees it. */
  readonly direction: Direction;
  readonly method: Method;
  readonly options: FullSyncOptions;
}

/** How a session has ended here. */
export interface Ended {
  readonly status: Status;
  /** Table by table: those that were written. */
  readonly written: readonly string[];
}

/** How long a lower node's session waits for ours to give way, ms. */
const givingWay = 10_000;

/** Full syncs that peers drive, as far as this server takes part. */
export class PassiveSessions implements AsyncDisposable {
  readonly side: LocalSide;
  readonly jobs: PassiveJobs;
  /** Of what peers fetch and bring. */
  readonly bandwidth: Bandwidth;
  readonly #peers: Peers;
  readonly #log: Log;
  /** The lock that each session has, or is getting. */
  readonly #locks = new Map<string, Promise<AsyncDisposable>>();
  /** Chunks that are read or written now are cut off when their session ends. */
  readonly #stops = new Map<string, AbortController>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(peers: Peers, log: Log) {
    this.#peers = peers;
    this.#log = log;
    this.side = peers.side();
    this.bandwidth = peers.bandwidth();
    this.jobs = new PassiveJobs(peers.book.sessions, log);
    this.#sweeper = repeat(
      2_000,
      () => this.#sweep(),
      (error) => log.error({ error }, "sweep"),
    ).unref();
  }

  /** Take part in a session, or go on with it. @throws AgentError 409 while another full sync runs */
  async begin({ nodeId, name }: Caller, { sessionId, direction, method, options }: Begin): Promise<void> {
    const { sessions } = this.#peers.book;
    if (sessions.get(sessionId)) return await this.enter(nodeId, sessionId);
    await this.#giveWay(nodeId, sessionId);
    await this.#lock(sessionId, 409, givingWay);
    const [sourceName, targetName] = direction === "push" ? [name, this.#peers.name] : [this.#peers.name, name];
    sessions.insert({
      ...{ sessionId, method, options, sourceName, targetName },
      role: "passive",
      direction: direction === "push" ? "pull" : "push",
      peer: { nodeId, name },
    });
    sessions.log(sessionId, "info", `${name} began a full sync with this server`);
    const { installation, environment } = this.#peers.target;
    const what = { what: "sync:full", environment: environment.name, result: "started" } as const;
    audit(installation, { who: name, ...what, detail: { sessionId, direction, peer: nodeId } });
  }

  /** Whether a caller may go on with a session. @throws AgentError 404 for one that is not its own, 410 when it has ended */
  async enter(nodeId: string, sessionId: string): Promise<void> {
    const { sessions } = this.#peers.book;
    const session = sessions.get(sessionId);
    if (session?.role !== "passive" || session.peer.nodeId !== nodeId) {
      throw new AgentError(404, "not-found", `There is no session ${sessionId} of yours`, "Begin one");
    }
    const by = sessions.cancelledBy(sessionId);
    if (by && session.status === "running")
      await this.end(sessionId, "cancelled", `Cancelled by ${by} at ${this.#peers.name}`);
    const now = sessions.get(sessionId);
    if (now?.status === "interrupted") sessions.become(sessionId, "running");
    else if (now?.status !== "running") {
      const why = now?.error?.message ?? `it is ${now?.status}`;
      throw new AgentError(410, now?.status ?? "ended", `The session has ended here: ${why}`, "Start a new full sync");
    }
    sessions.beat(sessionId);
    // An agent that was started anew may find the lock still held by what died before it: the caller comes again.
    await this.#lock(sessionId, 503, 0);
  }

  /** How far the driver says to be, of phases on either side. */
  async heard(nodeId: string, sessionId: string, progress: Progress): Promise<void> {
    await this.enter(nodeId, sessionId);
    this.#peers.book.sessions.update(sessionId, progress);
  }

  /** What the driver says that a session came to. One that has ended here already stays as it is. @returns what it is here; null: none of the caller's */
  async ended(
    nodeId: string,
    sessionId: string,
    { status, message, outcome }: { status: Status; message?: string | undefined; outcome?: Outcome | undefined },
  ): Promise<Ended | null> {
    const { sessions } = this.#peers.book;
    const session = sessions.get(sessionId);
    if (session?.role !== "passive" || session.peer.nodeId !== nodeId) return null;
    if (hasEnded(session.status)) return { status: session.status, written: [] };
    // Its word did not come for a while, and now it does.
    if (session.status === "interrupted") sessions.become(sessionId, "running");
    if (outcome) sessions.note(sessionId, outcome);
    return await this.end(sessionId, status, message);
  }

  /** Ends with the session. */
  signal(sessionId: string): AbortSignal {
    const stop = this.#stops.get(sessionId) ?? new AbortController();
    this.#stops.set(sessionId, stop);
    return stop.signal;
  }

  /**
   * End a session here: cut off what it does, let go of the database, and remove its chunks.
   * @returns what it is now, with tables that were written already: what was committed is completed, whatever came after
   */
  async end(sessionId: string, asked: Status, message = "The session has ended"): Promise<Ended> {
    const { sessions } = this.#peers.book;
    this.#stops.get(sessionId)?.abort(new AgentError(410, asked, message));
    this.#stops.delete(sessionId);
    await this.jobs.end(sessionId, new UserError(message));
    const { isWhole, tables: written } = this.side.written(sessionId);
    // The chunks go first: on a disk that is full they make room to write down how it ended.
    this.side.forget(sessionId);
    const status = isWhole ? "completed" : asked;
    const error = status === "completed" ? undefined : { message: andWritten(message, written) };
    try {
      // Who ended it at the same time has said how.
      if (!sessions.become(sessionId, status, error))
        return { status: sessions.get(sessionId)?.status ?? asked, written };
      if (status !== asked) sessions.log(sessionId, "warning", `It was written before this could end it: ${message}`);
      this.#tell(sessionId);
      return { status, written };
    } finally {
      const lock = this.#locks.get(sessionId);
      this.#locks.delete(sessionId);
      await release(lock);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweeper);
    const stopped = new UserError("The agent is stopped", { next: "Start it again: pnpm peers:serve" });
    for (const stop of this.#stops.values()) stop.abort(stopped);
    await this.jobs.endAll(stopped);
    for (const lock of this.#locks.values()) await release(lock);
  }

  /**
   * Two servers that begin at the same time would refuse each other for ever: the session of the lower node id goes on. Ours gives
   * way as long as it has not begun to do anything.
   */
  async #giveWay(nodeId: string, sessionId: string): Promise<void> {
    const { book, name } = this.#peers;
    book.sessions.markStuck();
    const ours = book.sessions
      .unfinished()
      .find((one) => one.role === "driver" && one.status === "running" && one.peer.nodeId === nodeId);
    if (!ours) return;
    if (nodeId > book.nodeId || ours.phase !== null) {
      const next = "Wait until it has ended: pnpm sync:sessions";
      throw new AgentError(409, "busy", `${name} is syncing with this server itself (${ours.sessionId})`, next);
    }
    book.sessions.cancel(
      ours.sessionId,
      `${ours.peer.name}, whose full sync began at the same time and goes first (${sessionId})`,
    );
    const until = Date.now() + givingWay;
    while (book.sessions.get(ours.sessionId)?.status === "running" && Date.now() < until) await sleep(100);
  }

  /** Channels may be slow, and the peer waits for an answer. */
  #tell(sessionId: string): void {
    const session = this.#peers.book.sessions.get(sessionId);
    if (!session) return;
    tellEverybody(this.#peers, session, { by: session.peer.name, log: this.#log }).catch((error) =>
      this.#log.error({ error, sessionId }, "after a full sync"),
    );
  }

  /** Requests that come at once share one lock. @param refusal the status for who cannot have it */
  async #lock(sessionId: string, refusal: 409 | 503, patience: number): Promise<void> {
    let lock = this.#locks.get(sessionId);
    if (!lock) {
      lock = lockSoon(this.#peers, patience);
      this.#locks.set(sessionId, lock);
    }
    try {
      await lock;
    } catch (error) {
      if (this.#locks.get(sessionId) === lock) this.#locks.delete(sessionId);
      if (!(error instanceof UserError)) throw error;
      throw new AgentError(refusal, "busy", messageOf(error), error.next);
    }
  }

  /**
   * Who drives a session tells often how far it is. One that is not heard of for too long is gone, and so is its session. One that another
   * process of this server ended is let go.
   */
  async #sweep(): Promise<void> {
    const { book, settings } = this.#peers;
    for (const sessionId of this.#locks.keys()) {
      const session = book.sessions.get(sessionId);
      if (session && hasEnded(session.status)) await this.end(sessionId, session.status, session.error?.message);
    }
    const patience = settings.patienceMinutes * 60_000;
    for (const session of book.sessions.unfinished().filter(({ role }) => role === "passive")) {
      const { sessionId, peer } = session;
      const by = book.sessions.cancelledBy(sessionId);
      if (by) await this.end(sessionId, "cancelled", `Cancelled by ${by} at ${this.#peers.name}`);
      else if (book.sessions.silentFor(sessionId) > patience) {
        await this.end(sessionId, "failed", `${peer.name} was not heard of for ${settings.patienceMinutes} minutes`);
      }
    }
  }
}

async function release(lock: Promise<AsyncDisposable> | undefined): Promise<void> {
  const held = await lock?.catch(() => undefined);
  await held?.[Symbol.asyncDispose]();
}

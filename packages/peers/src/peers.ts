import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { parseEnvFile, readSecretFile, secrets, UserError } from "@understudy/core";
import type { Target } from "@understudy/environment";
import type { ConnectOptions } from "@understudy/postgres";
import { Book } from "./book/book.ts";
import type { KnownPeer } from "./book/known-peers.ts";
import { type Greeting, product, protocol } from "./plan/agree.ts";
import { PeerClient } from "./remote/peer-client.ts";
import { ChunkStore, isSessionId } from "./side/chunk-store.ts";
import { databaseId } from "./side/database-lock.ts";
import { connectOptions } from "./side/database-url.ts";
import { LocalSide } from "./side/local-side.ts";
import { andWritten, writtenBy } from "./side/written.ts";
import { Bandwidth } from "./transfer/bandwidth.ts";
import type { LogLine, Peer, Session } from "./types.ts";

const day = 86_400_000;

/** A full sync that this process drives. */
export interface Driver {
  readonly sessionId: string;
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
}

/** This server among its peers: what it is, its book, and its settings. */
export class Peers implements Disposable {
  readonly target: Target;
  readonly book: Book;
  readonly name: string;
  /** A folder a session. */
  readonly #chunks: string;
  readonly #variable: (name: string) => string | undefined;
  /** Full syncs that this process drives. */
  readonly drivers = new Set<Driver>();
  #self: Promise<Greeting> | undefined;

  constructor(target: Target) {
    const { installation, environment, settings } = target;
    this.target = target;
    this.name = settings.peers.serverName ?? hostname();
    const folder = join(installation.stateDir, "peers", environment.name);
    this.#chunks = join(folder, "chunks");
    this.#variable = variablesOf(target);
    this.book = Book.open(join(folder, "book.db"));
    this.book.sessions.forgetBefore(new Date(Date.now() - settings.peers.sessionDays * day).toISOString());
  }

  get settings() {
    return this.target.settings.peers;
  }

  /** What must not be in the process's arguments: from the environment, else from `.env.<environment>`. */
  variable(name: string): string | undefined {
    return this.#variable(name);
  }

  /** How to log in to the database that is synced; undefined: none is set. */
  get database(): ConnectOptions | undefined {
    const url = this.#variable("PEERS_DATABASE_URL");
    return url ? connectOptions(url) : undefined;
  }

  /** @throws UserError when none is set */
  requireDatabase(): ConnectOptions {
    const { database, target } = this;
    if (database) return database;
    throw new UserError("PEERS_DATABASE_URL is not set", {
      next: `Write it into ${target.installation.envFile(target.environment.name)}: postgres://user:password@host:5432/database`,
    });
  }

  /** This server's side of a full sync. @throws UserError when it has no database */
  side(): LocalSide {
    const { settings } = this;
    return new LocalSide({
      name: this.name,
      database: this.requireDatabase(),
      folder: this.#chunks,
      leaveOut: settings.leaveOut,
      demo: settings.demo,
      chunkBytes: settings.chunkMegabytes * 1_000_000,
      atOnce: settings.chunksAtOnce,
    });
  }

  /** As fast as settings let a full sync be. */
  bandwidth(): Bandwidth {
    return new Bandwidth((this.settings.megabitsPerSecond * 1e6) / 8);
  }

  /** What a session keeps on this server's disk. */
  store(sessionId: string): ChunkStore {
    return new ChunkStore(this.#chunks, sessionId);
  }

  /** How it presents itself. */
  self(): Promise<Greeting> {
    this.#self ??= this.#greeting().catch((error) => {
      this.#self = undefined;
      throw error;
    });
    return this.#self;
  }

  /** @param onFailure hears why a request is tried again */
  async client(
    { name, url, token, fingerprint }: Pick<KnownPeer, "name" | "url" | "token" | "fingerprint">,
    onFailure: (message: string) => void = () => {},
  ): Promise<PeerClient> {
    const patience = this.settings.patienceMinutes * 60_000;
    return new PeerClient({ name, url, token, fingerprint, self: await this.self(), patience, onFailure });
  }

  /** SHA-256 of the certificate that its agent shows; null: it shows none of its own. */
  fingerprint(): string | null {
    const { certificate } = this.settings;
    if (!certificate) return null;
    return new X509Certificate(readFileSync(resolve(this.target.installation.root, certificate))).fingerprint256;
  }

  /** @param who node id, name, host or address @throws UserError when it is none, or several */
  find(who: string): KnownPeer {
    const found = this.book.peers.find(who);
    if (found.length === 1 && found[0]) return found[0];
    const known = this.book.peers.list().map(({ name }) => name);
    throw new UserError(found.length ? `Several peers are called "${who}"` : `No peer is called "${who}"`, {
      next: found.length
        ? `Give the node id: ${found.map(({ nodeId }) => nodeId).join(", ")}`
        : known.length
          ? `Known: ${known.join(", ")}`
          : "Add one: pnpm peers:add <url> --token <token>",
    });
  }

  /** This server first, then the others. */
  list(): Peer[] {
    const { kind } = this.target.environment;
    const url = this.#ownUrl();
    const own: Peer = {
      ...{
        nodeId: this.book.nodeId,
        name: this.name,
        url,
        ipAddress: new URL(url).hostname,
        kind,
        fingerprint: this.fingerprint(),
      },
      ...{ addedAt: "", lastSeen: null, reachable: null, local: true },
    };
    const others = this.book.peers.list().map(
      ({ token: _, ...peer }): Peer => ({
        ...peer,
        ipAddress: new URL(peer.url).hostname,
        reachable: null,
        local: false,
      }),
    );
    return [own, ...others];
  }

  sessions(page: { readonly limit?: number; readonly before?: string } = {}): Session[] {
    this.book.sessions.markStuck();
    return this.book.sessions.list(page);
  }

  session(sessionId: string): Session | undefined {
    this.book.sessions.markStuck();
    return this.book.sessions.get(sessionId);
  }

  log(sessionId: string, after = 0): LogLine[] {
    return this.book.sessions.logOf(sessionId, after);
  }

  /** Ask a session to end; one that nobody drives any more ends at once. @throws UserError when there is none that could */
  cancel(sessionId: string, by: string): void {
    const session = this.session(sessionId);
    if (!session) throw new UserError(`There is no session ${sessionId}`, { next: "pnpm sync:sessions lists them" });
    if (session.status === "interrupted") {
      this.#endInterrupted(session, "cancelled", `Cancelled by ${by}`);
      this.removeLeftovers();
      return;
    }
    if (session.status !== "running") throw new UserError(`Session ${sessionId} is ${session.status} already`);
    this.book.sessions.cancel(sessionId, by);
    this.book.sessions.log(sessionId, "warning", `${by} asked to cancel`, session.phase);
  }

  /** End what nobody drives any more. Returns the ids. */
  clearStuck(): string[] {
    this.book.sessions.markStuck();
    const cleared = this.book.sessions
      .unfinished()
      .filter(({ status }) => status === "interrupted")
      .filter((session) => this.#endInterrupted(session, "failed", "Its process died, and it was cleared"))
      .map(({ sessionId }) => sessionId);
    this.removeLeftovers();
    return cleared;
  }

  /** Remove chunks of sessions that have ended: a process that was killed, or on the other side, could not. */
  removeLeftovers(): void {
    const unfinished = new Set(this.book.sessions.unfinished().map(({ sessionId }) => sessionId));
    const found = existsSync(this.#chunks) ? readdirSync(this.#chunks) : [];
    for (const name of found.filter((one) => isSessionId(one) && !unfinished.has(one))) {
      rmSync(join(this.#chunks, name), { recursive: true, force: true });
    }
  }

  /** Leave what this process drives to the one after it. */
  async interruptDrivers(): Promise<void> {
    for (const { sessionId, stop, ended } of [...this.drivers]) {
      const next = "It goes on when the agent starts again";
      this.book.sessions.become(sessionId, "interrupted", { message: "The agent was stopped", next });
      stop.abort(new UserError("The agent was stopped", { next }));
      await ended;
    }
  }

  [Symbol.dispose](): void {
    this.book[Symbol.dispose]();
  }

  /** What was committed before its process died is completed, whoever ends it since. Returns whether this ended it. */
  #endInterrupted(session: Session, asked: "cancelled" | "failed", why: string): boolean {
    const { sessionId, role, direction, phase, targetName } = session;
    const { isWhole, tables } = writtenBy(this.store(sessionId));
    if (isWhole) return this.book.sessions.become(sessionId, "completed");
    const mayBeThere = role === "driver" && direction === "push" && (phase === "restore" || phase === "verify");
    const next = mayBeThere ? `pnpm sync:sessions on ${targetName} tells whether it was written there` : undefined;
    return this.book.sessions.become(sessionId, asked, { message: andWritten(why, tables), next });
  }

  #ownUrl(): string {
    const { publicUrl, agentOn, certificate } = this.settings;
    if (publicUrl) return new URL(publicUrl).origin;
    const url = new URL(`${certificate ? "https" : "http"}://${agentOn}`);
    url.port = String(Number(url.port) + this.target.environment.portOffset);
    return url.origin;
  }

  async #greeting(): Promise<Greeting> {
    const { kind } = this.target.environment;
    const { database } = this;
    const id = database ? await databaseId(database) : null;
    return { product, protocol, kind, nodeId: this.book.nodeId, name: this.name, databaseId: id };
  }
}

/** Open the book of an environment's server. No database is asked. */
export async function openPeers(target: Target): Promise<Peers> {
  return new Peers(target);
}

function variablesOf({ installation, environment }: Target): (name: string) => string | undefined {
  const file = installation.envFile(environment.name);
  const values = existsSync(file) ? parseEnvFile(readSecretFile(file)) : {};
  const variable = (name: string) => process.env[name] ?? values[name];
  secrets.add(["PEERS_DATABASE_URL", "PEERS_ADMIN_TOKEN"].flatMap((name) => variable(name) ?? []));
  return variable;
}

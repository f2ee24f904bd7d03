import type { DatabaseSync } from "node:sqlite";
import { secrets } from "@understudy/core";
import { makeToken, tokenHash } from "./token.ts";

/** Another server, with what this one shows it. */
export interface KnownPeer {
  readonly nodeId: string;
  readonly name: string;
  readonly url: string;
  readonly kind: "production" | "staging";
  readonly fingerprint: string | null;
  /** What this server shows there. */
  readonly token: string;
  readonly addedAt: string;
  readonly lastSeen: string | null;
}

const columns = "nodeId, name, url, kind, fingerprint, token, addedAt, lastSeen";

/** The tables Peers and Tokens. */
export class KnownPeers {
  readonly #db: DatabaseSync;
  readonly #clock: () => number;

  constructor(db: DatabaseSync, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  list(): KnownPeer[] {
    const peers = this.#db
      .prepare(`SELECT ${columns} FROM Peers ORDER BY name, nodeId`)
      .all() as unknown as KnownPeer[];
    secrets.add(peers.map(({ token }) => token));
    return peers;
  }

  /** By node id, name, address or host. */
  find(who: string): KnownPeer[] {
    const matches = ({ nodeId, name, url }: KnownPeer) =>
      [nodeId, name, url, new URL(url).hostname, new URL(url).host].includes(who);
    return this.list().filter(matches);
  }

  put(peer: Omit<KnownPeer, "addedAt" | "lastSeen">): void {
    const { nodeId, name, url, kind, fingerprint, token } = peer;
    const now = this.#now();
    this.#db
      .prepare(
        `INSERT INTO Peers (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (nodeId) DO UPDATE SET name = excluded.name,
          url = excluded.url, kind = excluded.kind, fingerprint = excluded.fingerprint, token = excluded.token, lastSeen = excluded.lastSeen`,
      )
      .run(nodeId, name, url, kind, fingerprint, token, now, now);
  }

  /** Forget a peer, and what it shows here. Returns whether it was known. */
  remove(nodeId: string): boolean {
    this.#db.prepare("DELETE FROM Tokens WHERE nodeId = ?").run(nodeId);
    return this.#db.prepare("DELETE FROM Peers WHERE nodeId = ?").run(nodeId).changes === 1;
  }

  seen(nodeId: string): void {
    this.#db.prepare("UPDATE Peers SET lastSeen = ? WHERE nodeId = ?").run(this.#now(), nodeId);
  }

  /** Make a token for another server; only its hash stays. @param life ms @param nodeId whose it is; none: an invitation for one */
  issueToken(label: string, life: number, nodeId: string | null = null): string {
    const token = makeToken();
    this.#db
      .prepare("INSERT INTO Tokens (hash, label, nodeId, expires) VALUES (?, ?, ?, ?)")
      .run(tokenHash(token), label, nodeId, new Date(this.#clock() + life).toISOString());
    return token;
  }

  /** Whose token it is: a node's id, or null for an invitation; undefined: nobody's, or it has ended. */
  holderOf(token: string): string | null | undefined {
    const row = this.#db
      .prepare("SELECT nodeId FROM Tokens WHERE hash = ? AND expires > ?")
      .get(tokenHash(token), this.#now());
    return row ? (row as { nodeId: string | null }).nodeId : undefined;
  }

  /** Whether a node has been let in, and was not removed since. */
  isPeer(nodeId: string): boolean {
    return this.#db.prepare("SELECT 1 FROM Tokens WHERE nodeId = ?").get(nodeId) !== undefined;
  }

  /** An invitation is of one node from its first use on, for a year. Returns whether it was one. */
  accept(token: string, nodeId: string): boolean {
    const expires = new Date(this.#clock() + 365 * 86_400_000).toISOString();
    const accepted = this.#db
      .prepare("UPDATE Tokens SET nodeId = ?, expires = ? WHERE hash = ? AND nodeId IS NULL AND expires > ?")
      .run(nodeId, expires, tokenHash(token), this.#now());
    return accepted.changes === 1;
  }

  #now(): string {
    return new Date(this.#clock()).toISOString();
  }
}

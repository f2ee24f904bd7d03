import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { KnownPeers } from "./known-peers.ts";
import { PeriodicSeat } from "./periodic-seat.ts";
import { RelayTokens } from "./relay-tokens.ts";
import { prepareBook } from "./schema.ts";
import { Sessions } from "./sessions.ts";

/** What a server knows of itself, its peers and its full syncs: one SQLite file that only its owner reads. */
export class Book implements Disposable {
  readonly nodeId: string;
  readonly peers: KnownPeers;
  readonly sessions: Sessions;
  readonly periodicSeat: PeriodicSeat;
  readonly relayTokens: RelayTokens;
  readonly #db: DatabaseSync;

  /** @param file `:memory:` for one that does not stay */
  static open(file: string, clock: () => number = Date.now): Book {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const db = new DatabaseSync(file);
    if (file !== ":memory:") chmodSync(file, 0o600);
    prepareBook(db);
    return new Book(db, clock);
  }

  private constructor(db: DatabaseSync, clock: () => number) {
    this.#db = db;
    this.peers = new KnownPeers(db, clock);
    this.sessions = new Sessions(db, clock);
    this.periodicSeat = new PeriodicSeat(db, clock);
    this.relayTokens = new RelayTokens(db, clock);
    db.prepare("INSERT INTO Self (name, value) VALUES ('nodeId', ?) ON CONFLICT DO NOTHING").run(randomUUID());
    this.nodeId = (db.prepare("SELECT value FROM Self WHERE name = 'nodeId'").get() as { value: string }).value;
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

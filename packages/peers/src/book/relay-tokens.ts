import type { DatabaseSync } from "node:sqlite";
import { makeToken, tokenHash } from "./token.ts";

/** Whom the agent lets through to the Docker engine: tokens of their own, of which only the hash is kept. */
export class RelayTokens {
  readonly #db: DatabaseSync;
  readonly #clock: () => number;

  constructor(db: DatabaseSync, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Make a token that is shown once. @param name whose it is: an earlier one of that name holds no longer @param life ms */
  issue(name: string, life: number): string {
    const token = makeToken();
    this.#db
      .prepare(
        `INSERT INTO RelayTokens (name, hash, expires) VALUES (?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, expires = excluded.expires`,
      )
      .run(name, tokenHash(token), new Date(this.#clock() + life).toISOString());
    return token;
  }

  /** Whose token it is; undefined: nobody's, or it has ended. */
  holderOf(token: string): string | undefined {
    const row = this.#db
      .prepare("SELECT name FROM RelayTokens WHERE hash = ? AND expires > ?")
      .get(tokenHash(token), new Date(this.#clock()).toISOString());
    return (row as { name: string } | undefined)?.name;
  }

  /** Returns whether there was one. */
  remove(name: string): boolean {
    return this.#db.prepare("DELETE FROM RelayTokens WHERE name = ?").run(name).changes === 1;
  }
}

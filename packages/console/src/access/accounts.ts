import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Installation, sha256 } from "@understudy/core";
import type { Role } from "../contract/session.ts";

/** Somebody who may use the console. */
export interface Operator {
  readonly name: string;
  readonly role: Role;
}

export interface LiveSession extends Operator {
  readonly csrf: string;
}

export interface Account extends Operator {
  readonly kind: "user" | "token";
  /** ISO 8601. */
  readonly at: string;
}

/**
 * Users, programs' tokens and logins, in one SQLite file that only its owner reads. Of passwords, tokens and cookies it has
 * only hashes; logins are kept so that a restart of the console logs nobody out.
 */
export class Accounts implements Disposable {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#database = new DatabaseSync(file, { timeout: 5_000 });
    chmodSync(file, 0o600);
    this.#database.exec(schema);
  }

  static of({ stateDir }: Installation): Accounts {
    return new Accounts(join(stateDir, "console", "accounts.sqlite"));
  }

  /** Add a user, or change one: another password ends the logins. */
  putUser({ name, role }: Operator, password: string, now = new Date()): void {
    this.#run(
      `insert into user (name, role, password, at) values (?, ?, ?, ?)
       on conflict do update set role = excluded.role, password = excluded.password, at = excluded.at`,
      name,
      role,
      password,
      now.toISOString(),
    );
    this.#run("delete from session where user = ?", name);
  }

  /** What is kept of a user's password. */
  passwordOf(name: string): string | undefined {
    return this.#get<{ password: string }>("select password from user where name = ?", name)?.password;
  }

  /** Make a token for a program, in the place of one of that name. It is shown this once. */
  putToken({ name, role }: Operator, now = new Date()): string {
    const token = `ust_${randomBytes(32).toString("base64url")}`;
    this.#run(
      "insert or replace into token (name, role, hash, at) values (?, ?, ?, ?)",
      name,
      role,
      sha256(token),
      now.toISOString(),
    );
    return token;
  }

  /** Whose token it is. */
  byToken(token: string): Operator | undefined {
    return this.#get<Operator & Record<string, unknown>>("select name, role from token where hash = ?", sha256(token));
  }

  /** @returns whether there was one */
  remove(kind: Account["kind"], name: string): boolean {
    if (kind === "user") this.#run("delete from session where user = ?", name);
    return this.#run(`delete from ${kind} where name = ?`, name) > 0;
  }

  list(): Account[] {
    return this.#database
      .prepare(
        `select 'user' as kind, name, role, at from user union all select 'token', name, role, at from token
         order by kind desc, name`,
      )
      .all()
      .map((row) => ({ ...row })) as unknown as Account[];
  }

  hasUsers(): boolean {
    return this.#get("select 1 as found from user limit 1") !== undefined;
  }

  /** Log a user in. @param life ms @returns the cookie's value */
  openSession(user: string, life: number, now = Date.now()): string {
    const cookie = randomBytes(32).toString("base64url");
    this.#run("delete from session where until <= ?", now);
    this.#run(
      "insert into session (hash, user, csrf, until) values (?, ?, ?, ?)",
      sha256(cookie),
      user,
      randomBytes(32).toString("base64url"),
      now + life,
    );
    return cookie;
  }

  /** Whose login it is, with the role that they have now. */
  bySession(cookie: string, now = Date.now()): LiveSession | undefined {
    return this.#get<LiveSession & Record<string, unknown>>(
      `select name, role, csrf from session join user on user.name = session.user where hash = ? and until > ?`,
      sha256(cookie),
      now,
    );
  }

  closeSession(cookie: string): void {
    this.#run("delete from session where hash = ?", sha256(cookie));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #get<Row>(sql: string, ...values: (string | number)[]): Row | undefined {
    const row = this.#database.prepare(sql).get(...values);
    return row && ({ ...row } as Row);
  }

  #run(sql: string, ...values: (string | number)[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes);
  }
}

const schema = `
  pragma journal_mode = wal;
  create table if not exists user (name text primary key, role text not null, password text not null, at text not null) strict;
  create table if not exists token (name text primary key, role text not null, hash text not null unique, at text not null) strict;
  create table if not exists session (hash text primary key, user text not null, csrf text not null, until integer not null) strict;
`;

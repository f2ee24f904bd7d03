import { type Connection, type ConnectOptions, connect, PostgresError } from "@understudy/postgres";
import { prepareTables } from "../../books/tables.ts";
import type { Dialect } from "../dialect.ts";
import type { Store } from "../store.ts";
import type { Work } from "../work.ts";
import { postgres } from "./dialect.ts";
import { Pool } from "./pool.ts";

/** Deadlock, serialization failure: the same work can pass when it is begun anew. */
const passing = new Set(["40P01", "40001"]);
const tries = 5;

/** Every session reads and writes values alike, whatever the server's settings are. */
const session = `SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex';
  SET extra_float_digits = 1; SET client_min_messages = 'warning'; SET xmloption = 'content'; SET lc_monetary = 'C'`;

/** A replica in Postgres: the server's, or a node's. */
export class PostgresStore implements Store {
  readonly dialect: Dialect = postgres;
  readonly #pool: Pool;

  /** @param sessions at most so many are open at once */
  static async open(options: ConnectOptions, sessions = 8): Promise<PostgresStore> {
    const store = new PostgresStore(options, sessions);
    try {
      await store.transaction(() => prepareTables(postgres));
      return store;
    } catch (error) {
      await store[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(options: ConnectOptions, sessions: number) {
    this.#pool = new Pool(async () => {
      const connection = await connect(options);
      await connection.query(session);
      return connection;
    }, sessions);
  }

  async transaction<T>(work: () => Work<T>): Promise<T> {
    for (let tried = 1; ; tried++) {
      try {
        return await this.#pool.use((connection, spoil) => inTransaction(connection, spoil, work()));
      } catch (error) {
        if (!(error instanceof PostgresError && passing.has(error.code)) || tried === tries) throw error;
      }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool.close();
  }
}

async function inTransaction<T>(connection: Connection, spoil: () => void, work: Work<T>): Promise<T> {
  try {
    await connection.query("BEGIN");
    const result = await drive(work, connection);
    await connection.query("COMMIT");
    return result;
  } catch (error) {
    // A connection that is gone has rolled back by itself.
    await connection.query("ROLLBACK").catch(spoil);
    throw error;
  }
}

/** Run work to its end. A statement that fails throws inside of the work, which may go on. */
async function drive<T>(work: Work<T>, connection: Connection): Promise<T> {
  let step = work.next();
  while (!step.done) {
    const { text, values = [], each } = step.value;
    let rows: Record<string, unknown>[] = [];
    try {
      if (each) for (const list of each) await connection.query(text, list);
      else rows = await connection.query(text, values);
    } catch (error) {
      step = work.throw(error);
      continue;
    }
    step = work.next(rows);
  }
  return step.value;
}

import { messageOf, UserError } from "@understudy/core";
import { type Connection, type ConnectOptions, connect } from "./connect.ts";
import { type Given, quietSession } from "./quiet.ts";
import { quoteLiteral } from "./quote.ts";

/** One moment of a database, that several sessions read. Disposing of it ends them all, and leaves nothing on the server. */
export interface Snapshot extends AsyncDisposable {
  /** As pg_export_snapshot() named it, e.g. for `pg_dump --snapshot`; good while `session` lives. */
  readonly id: string;
  /** Holds the moment; it reads it too. */
  readonly session: Connection;
  /** Another session that sees the same moment. @throws UserError when the session that holds it was lost. */
  newReader(): Promise<Connection>;
}

/**
 * Hold the present moment of a database, in read-only transactions (REPEATABLE READ) of quiet bulk sessions.
 * @param given what its sessions will be given as values
 * @throws PostgresError from logging in; UserError for a role that is no superuser, where its secrets would be logged.
 */
export async function openSnapshot(options: ConnectOptions, given: Given = "secrets"): Promise<Snapshot> {
  const session = await begin(options, given);
  const readers: Promise<Connection>[] = [];
  const dispose = async () => {
    for (const reader of await Promise.allSettled(readers)) {
      if (reader.status === "fulfilled") await reader.value.close();
    }
    await session.close();
  };
  try {
    const [exported] = await session.query<{ id: string }>("SELECT pg_catalog.pg_export_snapshot() AS id");
    const { id } = exported as { id: string };
    const newReader = () => {
      const reader = begin(options, given, id).catch((error) => tellLoss(session, options, error));
      readers.push(reader);
      return reader;
    };
    return { id, session, newReader, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** A session in a transaction that only reads; of a given moment, if one is named. */
async function begin(options: ConnectOptions, given: Given, snapshot?: string): Promise<Connection> {
  const session = await connect({ ...options, bulk: true, readOnly: true });
  try {
    await quietSession(session, given);
    await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    if (snapshot) await session.query(`SET TRANSACTION SNAPSHOT ${quoteLiteral(snapshot)}`);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** The server says only that there is no such snapshot. */
async function tellLoss(holder: Connection, { database }: ConnectOptions, error: unknown): Promise<never> {
  const lost = await holder.query("SELECT 1").then(() => undefined, messageOf);
  if (lost === undefined) throw error;
  throw new UserError(`the session that held the moment of database "${database}" is gone: ${lost}`, {
    next: "Run it again: it takes a new moment",
    cause: error,
  });
}

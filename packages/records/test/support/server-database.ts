import { type Connection, type ConnectOptions, connect } from "@understudy/postgres";
import { type Server, startServer } from "../../../postgres/test/support/server.ts";

/** A Postgres server, and as many empty databases on it as a test wants. */
export interface Databases extends AsyncDisposable {
  readonly server: Server;
  /** A new one, with these statements run in it. */
  make(...statements: readonly string[]): Promise<ConnectOptions>;
  /** Over one session for each of them. */
  query<R>(options: ConnectOptions, text: string, values?: readonly unknown[]): Promise<R[]>;
}

export async function startDatabases(): Promise<Databases> {
  const server = await startServer("max_connections=200");
  let made = 0;
  const sessions = new Map<ConnectOptions, Promise<Connection>>();
  return {
    server,
    async make(...statements) {
      const database = `records_${++made}`;
      await server.run("postgres", `CREATE DATABASE ${database}`);
      await server.run(database, ...statements);
      return { ...server.options, database, timeout: 60_000 };
    },
    async query<R>(options: ConnectOptions, text: string, values: readonly unknown[] = []) {
      const session = sessions.get(options) ?? connect(options);
      sessions.set(options, session);
      return await (await session).query<R>(text, values);
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions.values()) await (await session).close();
      await server[Symbol.asyncDispose]();
    },
  };
}

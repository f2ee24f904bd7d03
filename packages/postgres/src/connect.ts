import { hash } from "node:crypto";
import { Socket } from "node:net";
import pg from "pg";
import { bulk as bulkSettings } from "./bulk.ts";
import { explain as explainFor } from "./explain.ts";
import { applySettings } from "./settings.ts";
import { keepWire } from "./wire.ts";

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** ms, for logging in and for each statement. */
  readonly timeout: number;
  /**
   * A session that moves data: its statements may take as long as they need (`timeout` is for logging in only), values are
   * written alike on every server, names must be given with their schema, and it ends soon after its client is gone.
   */
  readonly bulk?: boolean;
  /** Refuse every statement that writes. */
  readonly readOnly?: boolean;
  /** Encrypt: `verified` only with a certificate that can be trusted, `any` with every one. */
  readonly tls?: "verified" | "any" | undefined;
}

/** One session of a Postgres server. Close it when done. */
export interface Connection extends AsyncDisposable {
  /**
   * Run one statement; its rows, by column name. A `bigint` comes as a number where one can hold it, else as text.
   * @throws PostgresError with the server's words.
   */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The same for a statement that comes a thousand times: the server reads and plans it once. */
  repeat<Row = Record<string, unknown>>(text: string, values: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** Log in. @throws PostgresError in plain words: wrong password, too many connections, no such database, no answer. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { host, port, user, password, database, timeout, bulk = false, readOnly = false, tls } = options;
  const socket = new Socket();
  const client = new pg.Client({
    host,
    port,
    user,
    password,
    database,
    ssl: tls ? { rejectUnauthorized: tls === "verified" } : false,
    stream: () => socket,
    // A network that swallows packets is noticed within half a minute.
    keepAlive: true,
    keepAliveInitialDelayMillis: 15_000,
    application_name: "understudy",
    connectionTimeoutMillis: timeout,
    // The server's own limit says it better, so it may speak first.
    ...(bulk ? {} : { statement_timeout: timeout, query_timeout: timeout + 500 }),
    types: { getTypeParser },
    options: readOnly ? "-c default_transaction_read_only=on" : "",
  });
  // What lost the connection between two statements: the next one says it.
  let lost: unknown;
  client.on("error", (error) => {
    lost ??= error;
  });
  const explain = (error: unknown) => explainFor(lost ?? error, options);
  const close = async () => {
    client.end().catch(() => {});
    // Not waiting for a server that listens no more.
    socket.destroySoon();
  };
  const run = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw explain(error);
    }
  };
  try {
    await run(client.connect());
    if (bulk) await run(client.query(withTimeout(applySettings(bulkSettings), timeout)));
  } catch (error) {
    await close();
    throw error;
  }
  const connection: Connection = {
    query: async <Row>(text: string, values: readonly unknown[] = []) =>
      (await run(client.query(text, [...values]))).rows as Row[],
    repeat: async <Row>(text: string, values: readonly unknown[]) =>
      (await run(client.query({ name: hash("sha256", text), text, values: [...values] }))).rows as Row[],
    close,
    [Symbol.asyncDispose]: close,
  };
  keepWire(connection, { client, socket, explain, assertAnswers: () => assertAnswers(options) });
  return connection;
}

/** By a login of its own. A server that refuses it, e.g. as too many are in, answers too. */
async function assertAnswers(options: ConnectOptions): Promise<void> {
  try {
    const session = await connect({ ...options, bulk: false });
    await session.close();
  } catch (error) {
    if (!((error as Error).cause instanceof pg.DatabaseError)) throw error;
  }
}

/** The driver's types lack the limit of a single query. */
function withTimeout(query: pg.QueryConfig, timeout: number): pg.QueryConfig {
  return { ...query, query_timeout: timeout } as pg.QueryConfig;
}

function getTypeParser(oid: number, format: "text" | "binary" = "text") {
  if (oid === pg.types.builtins.INT8 && format === "text") return parseBigint;
  return pg.types.getTypeParser(oid, format as "text");
}

function parseBigint(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

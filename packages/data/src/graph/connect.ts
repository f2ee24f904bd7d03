import neo4j, { Neo4jError } from "neo4j-driver";
import { explain } from "./explain.ts";

/** How a Neo4j server is logged in to. */
export interface GraphLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Default: `neo4j`, the only one of the Community edition. */
  readonly database?: string;
}

/** Runs a query that only reads and gives its rows as they come. Whole numbers are bigint, without loss. */
export type Stream = <Row>(query: string) => AsyncIterable<Row>;

/** A graph that can be read and written over Bolt. Close it when done. */
export interface Graph extends AsyncDisposable {
  /** For people: host and port. */
  readonly where: string;
  /** Rows of a query that only reads; the server refuses one that writes. @throws UserError */
  read<Row>(query: string): Promise<Row[]>;
  /**
   * Read within one transaction. Neo4j gives an id of something deleted to something new only when no older transaction is
   * open: within this one, an id means one thing. @throws UserError
   */
  reading<Result>(work: (stream: Stream) => Promise<Result>): Promise<Result>;
  /** Rows of a query in a transaction of its own. @throws UserError */
  write<Row>(query: string, parameters?: Readonly<Record<string, unknown>>): Promise<Row[]>;
}

/** Rows that are on their way at once: few, since one may hold megabytes. */
const fetchSize = 200;

/** @param patience ms, for logging in. @throws UserError in plain words: wrong password, no answer. */
export async function openGraph(login: GraphLogin, patience = 15_000): Promise<Graph> {
  const { host, port, user, password, database = "neo4j" } = login;
  const where = `${host}:${port}`;
  const driver = neo4j.driver(`bolt://${where}`, neo4j.auth.basic(user, password), {
    useBigInt: true,
    fetchSize,
    connectionTimeout: patience,
    connectionAcquisitionTimeout: patience,
    maxTransactionRetryTime: 0,
    telemetryDisabled: true,
    notificationFilter: { minimumSeverityLevel: "OFF" },
  });
  const run = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof Neo4jError ? explain(error, user, where) : error;
    }
  };
  const inSession = <Result>(
    mode: "READ" | "WRITE",
    work: (session: ReturnType<typeof driver.session>) => Promise<Result>,
  ) =>
    run(async () => {
      await using session = driver.session({ database, defaultAccessMode: neo4j.session[mode], fetchSize });
      return await work(session);
    });
  try {
    await run(() => driver.verifyConnectivity({ database }));
  } catch (error) {
    await driver.close();
    throw error;
  }
  return {
    where,
    read: <Row>(query: string) =>
      inSession("READ", async (session) =>
        (await session.run(query)).records.map((record) => record.toObject() as Row),
      ),
    write: <Row>(query: string, parameters = {}) =>
      inSession("WRITE", async (session) =>
        (await session.run(query, parameters)).records.map((record) => record.toObject() as Row),
      ),
    reading: (work) =>
      inSession("READ", async (session) => {
        // However long it takes: a server's own limit is for queries that went astray.
        const transaction = await session.beginTransaction({ timeout: 0 });
        const stream = async function* <Row>(query: string) {
          for await (const record of transaction.run(query)) yield record.toObject() as Row;
        };
        const result = await work(stream);
        await transaction.commit();
        return result;
      }),
    [Symbol.asyncDispose]: () => driver.close(),
  };
}

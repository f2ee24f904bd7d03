import { UserError } from "@understudy/core";
import type { Server } from "@understudy/data";
import { type Connection, openSnapshot, quoteTable, type Table } from "@understudy/postgres";

/** One database of production at one moment. */
export interface Source extends AsyncDisposable {
  readonly database: string;
  /** Id of the exported snapshot. */
  readonly snapshot: string;
  readonly session: Connection;
  /** Another session on the same moment that can compute masks. Close it when done. */
  newReader(): Promise<Connection>;
}

/** How long we wait for a lock of somebody else's, so that a copy never holds up a queue behind it. */
const lockPatience = "10s";

/** Hold one moment of a database still, for reading only. Nothing is made there. */
export async function openSource(server: Server, database: string, key: string): Promise<Source> {
  const snapshot = await openSnapshot({ ...server.login, database, timeout: 15_000 });
  const ready = async (session: Connection) => {
    await session.query(`SET lock_timeout = '${lockPatience}'`);
    await session.query("SELECT set_config('understudy.key', $1, false)", [key]);
    return session;
  };
  try {
    await ready(snapshot.session);
  } catch (error) {
    await snapshot[Symbol.asyncDispose]();
    throw error;
  }
  return {
    database,
    snapshot: snapshot.id,
    session: snapshot.session,
    newReader: async () => await ready(await snapshot.newReader()),
    [Symbol.asyncDispose]: () => snapshot[Symbol.asyncDispose](),
  };
}

/**
 * Keep tables from being altered until the copy has read them, as pg_dump does: rows stay free to change, definitions wait.
 * @throws UserError when somebody holds a stronger lock, or altered a table in this very moment.
 */
export async function holdDefinitions(
  server: Server,
  { session, database }: Source,
  tables: readonly Table[],
): Promise<void> {
  const own = tables.filter(({ kind }) => kind !== "materialized view" && kind !== "foreign");
  if (own.length === 0) return;
  await session.query(`LOCK TABLE ${own.map((table) => `ONLY ${quoteTable(table)}`).join(", ")} IN ACCESS SHARE MODE`);
  await using now = await server.connect(database);
  const [held, present] = await Promise.all([session, now].map((one) => one.query<{ files: string }>(filesOfTables)));
  if (held?.[0]?.files === present?.[0]?.files) return;
  throw new UserError(`A table of production's ${database} was altered while the copy began`, { next: "Run it again" });
}

/** A table that is written anew looks empty at an earlier moment; its file tells. */
const filesOfTables = `
  SELECT pg_catalog.md5(pg_catalog.string_agg(c.oid || ':' || c.relfilenode, ',' ORDER BY c.oid)) AS files
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

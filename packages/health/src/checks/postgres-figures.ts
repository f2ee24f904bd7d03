import { connect } from "@understudy/postgres";
import type { CheckContext } from "./check.ts";
import { oncePerRound } from "./once-per-round.ts";
import { postgresPort, superuser } from "./postgres-login.ts";
import { addressOf } from "./types/common.ts";
import { usual } from "./usual.ts";
import { percent } from "./words.ts";

/** All that one query tells of a server. Times are in seconds, sizes in bytes. */
export interface PostgresFigures {
  readonly version: string;
  /** Names of those that are not of who runs a managed server. */
  readonly databases: readonly string[];
  readonly connections: number;
  readonly most: number;
  readonly longest: number;
  /** Whose it is. */
  readonly longestBy: string | null;
  readonly replicas: number;
  readonly lag: number;
  readonly unusedSlots: number;
  readonly keptWal: number;
}

/** A table that is worn. */
export interface DeadRows {
  /** `database: schema.table`. */
  readonly table: string;
  readonly dead: number;
  /** Of its rows, in %. */
  readonly share: number;
}

/** Tables with fewer dead rows than this are not worth a thought. */
export const worthCleaning = 10_000;

/** Asked once a round, whoever wants to know. @throws UserError when there is no answer */
export function postgresFigures(context: CheckContext): Promise<PostgresFigures> {
  return oncePerRound(context, "postgres", async () => {
    await using session = await open(context, "postgres");
    const [row] = await session.query<PostgresFigures>(figuresQuery);
    if (!row) throw new Error("the figures of Postgres came without a row");
    return row;
  });
}

const figuresQuery = `
WITH open AS (
  SELECT format('pid %s of %s, %s', pid, usename, state) AS who, extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds
  FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
  ORDER BY xact_start LIMIT 1
)
SELECT
  current_setting('server_version') AS version,
  (SELECT array_agg(datname::text) FROM pg_database WHERE datallowconn AND NOT datistemplate AND pg_has_role(datdba, 'USAGE')) AS databases,
  (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
  current_setting('max_connections')::int AS most,
  coalesce((SELECT seconds FROM open), 0) AS longest,
  (SELECT who FROM open) AS "longestBy",
  (SELECT count(*) FROM pg_stat_replication) AS replicas,
  (SELECT coalesce(max(extract(epoch FROM replay_lag)), 0)::float8 FROM pg_stat_replication) AS lag,
  (SELECT count(*) FROM pg_replication_slots WHERE NOT active) AS "unusedSlots",
  (SELECT coalesce(max(CASE WHEN pg_is_in_recovery() THEN 0 ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) END), 0)::float8
   FROM pg_replication_slots WHERE NOT active) AS "keptWal"`;

/** Every table with many dead rows, of every database. */
export async function deadRowsByTable(context: CheckContext): Promise<DeadRows[]> {
  const { databases } = await postgresFigures(context);
  const found = await Promise.all(
    databases.map(async (name) => {
      await using session = await open(context, name);
      const rows = await session.query<{ table: string; dead: number; live: number }>(
        `SELECT format('%I.%I', schemaname, relname) AS table, n_dead_tup AS dead, n_live_tup AS live
         FROM pg_stat_user_tables WHERE n_dead_tup >= $1`,
        [worthCleaning],
      );
      return rows.map(({ table, dead, live }) => ({
        table: `${name}: ${table}`,
        dead,
        share: percent(dead, dead + live),
      }));
    }),
  );
  return found.flat();
}

async function open(context: CheckContext, database: string) {
  const address = await addressOf(context, "postgres", postgresPort);
  const login = superuser(context, "postgres");
  return await connect({ ...address, ...login, database, timeout: usual.timeout, readOnly: true });
}

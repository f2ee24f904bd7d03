import { managedPostgres } from "@understudy/environment";
import type { Check, CheckContext, Observation, Thresholds } from "../check.ts";
import { deadRowsByTable, postgresFigures, worthCleaning } from "../postgres-figures.ts";
import { postgresPort } from "../postgres-login.ts";
import { usual } from "../usual.ts";
import { count, percent, size } from "../words.ts";
import { databaseLogin } from "./database-login.ts";

export function postgres(): Check[] {
  return [
    measured("query", {}, async (context) => {
      const { version } = await postgresFigures(context);
      const managed = managedPostgres(context.model);
      return { seen: `version ${version} answers${managed ? ` at ${managed.place}` : ""}` };
    }),
    measured("connections", { warning: 80, critical: 95, unit: "% of those allowed" }, connections),
    measured("longest transaction", { warning: 900, critical: 7_200, unit: "s" }, longestTransaction),
    measured("replication", { warning: 60, critical: 600, unit: "s behind" }, replication),
    measured("dead rows", { warning: 50, unit: "% of the worst table" }, deadRows),
    databaseLogin("postgres app database", "postgres", ({ APP_DB_PASSWORD: password }) =>
      password ? { host: "postgres", port: postgresPort, user: "app", password, database: "app" } : undefined,
    ),
  ];
}

/** @param about without limits when nothing is measured. */
function measured(
  what: string,
  about: Partial<Omit<Thresholds, "bad">>,
  look: (context: CheckContext) => Promise<Omit<Observation, "ok">>,
): Check {
  const { unit, ...limits } = about;
  return {
    ...usual,
    name: `postgres ${what}`,
    service: "postgres",
    needs: ["postgres"],
    ...(unit ? { thresholds: { ...limits, unit, bad: "above" } } : { expected: "a query is answered" }),
    look: async (context) => ({ ok: true, ...(await look(context)) }),
  };
}

async function connections(context: CheckContext) {
  const { connections, most } = await postgresFigures(context);
  return {
    seen: `${connections} of ${most} connections`,
    measured: percent(connections, most),
    figures: { connections, connections_allowed: most },
    next: "See who holds them: SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2",
  };
}

async function longestTransaction(context: CheckContext) {
  const { longest, longestBy } = await postgresFigures(context);
  return {
    seen: longestBy === null ? "no transaction is open" : `${Math.round(longest)} s: ${longestBy}`,
    measured: longest,
    figures: { longest_transaction_seconds: longest },
    next: "See what it does in pg_stat_activity; SELECT pg_terminate_backend(pid) ends it",
  };
}

async function replication(context: CheckContext) {
  const { replicas, lag, unusedSlots, keptWal } = await postgresFigures(context);
  const shown = { replicas, replication_lag_seconds: lag, unused_slots: unusedSlots, wal_kept_bytes: keptWal };
  if (unusedSlots > 0) {
    return {
      ok: false,
      severity: "warning" as const,
      seen: `${count(unusedSlots, "replication slot")} without a replica, keeping ${size(keptWal)}`,
      expected: "every slot has its replica",
      figures: shown,
      next: "Bring the replica back, or SELECT pg_drop_replication_slot(…): the disk fills up otherwise",
    };
  }
  const seen = replicas ? `${count(replicas, "replica")}, ${lag} s behind` : "no replica";
  return { seen, measured: lag, figures: shown, next: "See pg_stat_replication, and the replica's log" };
}

async function deadRows(context: CheckContext) {
  const worst = (await deadRowsByTable(context)).sort((a, b) => b.share - a.share)[0];
  if (!worst) return { seen: `no table has ${worthCleaning} dead rows`, measured: 0 };
  return {
    seen: `${worst.table}: ${worst.dead} rows, ${worst.share} %`,
    measured: worst.share,
    figures: { dead_rows: worst.dead },
    next: `VACUUM (ANALYZE) ${worst.table}; see whether autovacuum keeps up, or a long transaction holds it back`,
  };
}

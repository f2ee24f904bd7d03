import { readFact } from "@understudy/core";
import { listDatabases, openSide, type Server } from "@understudy/data";
import type { Target } from "@understudy/environment";
import type { Applied } from "../plan/plan-deploy.ts";
import type { Rehearsal } from "../receipt/receipt.ts";
import { type Migrations, pendingMigrations } from "./pending.ts";
import { migrationTables } from "./tables.ts";

/** What the fact `copy` says of one. */
export interface Copy {
  readonly id: string;
  readonly at: string;
  readonly healthySeconds?: number | null;
}

/** How staging's release fared with a copy of production's data: which of its services' own migrations ran on it, and how long they took. Reads only. */
export async function rehearse(staging: Target, production: Target, copy: Copy): Promise<Rehearsal> {
  const pending = pendingMigrations(await migrationsOf(production), await migrationsOf(staging));
  return { ...pending, healthySeconds: healthySeconds(staging, copy) };
}

async function migrationsOf(target: Target): Promise<Migrations> {
  await using side = await openSide(target);
  const found = new Map<string, { database: string; names: string[] }>();
  for (const database of await listDatabases(side.server)) {
    for (const { table, names } of await readTables(side.server, database)) {
      found.set(`${database} ${table}`, { database, names });
    }
  }
  return found;
}

async function readTables(server: Server, database: string): Promise<{ table: string; names: string[] }[]> {
  await using session = await server.connect(database);
  const columns = await session.query<{ name: string; table: string; column: string }>(
    `SELECT table_name AS name, quote_ident(table_schema) || '.' || quote_ident(table_name) AS table, column_name AS column
     FROM information_schema.columns WHERE table_name = ANY($1) ORDER BY 2, 3`,
    [Object.keys(migrationTables)],
  );
  const read: { table: string; names: string[] }[] = [];
  for (const { table, column } of columns.filter(({ name, column }) => migrationTables[name] === column)) {
    const rows = await session.query<{ name: string }>(`SELECT ${column}::text AS name FROM ${table} ORDER BY 1`);
    read.push({ table, names: rows.map((row) => row.name) });
  }
  return read;
}

/** Whichever came last let the services meet the copy: it itself, or a deploy. */
function healthySeconds({ installation, environment }: Target, copy: Copy): number | null {
  const deployedAt = readFact<{ at: string }>(installation, environment.name, "release")?.at ?? "";
  if (copy.at > deployedAt) return copy.healthySeconds ?? null;
  const { secondsToHealthy } = readFact<Applied>(installation, environment.name, "applied") ?? {};
  return secondsToHealthy ? Math.max(0, ...Object.values(secondsToHealthy)) : null;
}

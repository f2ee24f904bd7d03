import { listDatabases, type Side } from "@understudy/data";
import type { Manifest } from "../manifest/manifest.ts";
import { sameRows } from "../proof/compare-database.ts";
import { describeDatabase } from "../proof/describe-database.ts";

/** A table that is not as it was when a backup was taken. */
export interface ChangedTable {
  readonly database: string;
  /** `schema.name`. */
  readonly table: string;
  /** Rows; null where there was, or is, no such table. */
  readonly rowsThen: number | null;
  readonly rowsNow: number | null;
}

/** Compare an environment's databases with a backup of it: what going back to it would lose. Reads all of them. */
export async function writesSince({ server }: Side, manifest: Manifest): Promise<ChangedTable[]> {
  const present = new Set(await listDatabases(server));
  const changed: ChangedTable[] = [];
  for (const { name, tables } of manifest.databases) {
    const now = present.has(name) ? await tablesNow(server, name) : [];
    changed.push(...changedTables(name, tables, now));
  }
  return changed;
}

type Tables = Manifest["databases"][number]["tables"];

async function tablesNow(server: Side["server"], database: string): Promise<Tables> {
  await using session = await server.connect(database);
  return (await describeDatabase(session)).tables;
}

/** Pure. */
export function changedTables(database: string, then: Tables, now: Tables): ChangedTable[] {
  const before = new Map(then.map((table) => [table.id, table]));
  const after = new Map(now.map((table) => [table.id, table]));
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((table) => {
    const [old, current] = [before.get(table), after.get(table)];
    if (old && current && sameRows(old, current)) return [];
    const rowsThen = old ? Number(old.rows) : null;
    const rowsNow = current ? Number(current.rows) : null;
    return [{ database, table, rowsThen, rowsNow }];
  });
}

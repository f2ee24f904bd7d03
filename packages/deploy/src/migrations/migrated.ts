import type { ChangedTable } from "@understudy/backup";
import { migrationTables } from "./tables.ts";

/** Databases whose structure was migrated, by tables that changed. */
export function migratedDatabases(changed: readonly ChangedTable[]): string[] {
  const notes = changed.filter(({ table }) => table.slice(table.indexOf(".") + 1) in migrationTables);
  return [...new Set(notes.map(({ database }) => database))];
}

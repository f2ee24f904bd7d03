import type { Connection } from "../../connect.ts";
import type { Trigger } from "../catalog.ts";
import { OfTable, userTables } from "./of-table.ts";

type Row = Omit<Trigger, "arguments"> & { readonly table: number; readonly arguments: Buffer };

/** Triggers that people made, of all tables. */
export async function readTriggers(connection: Connection): Promise<OfTable<Trigger>> {
  const rows = await connection.query<Row>(triggers);
  return new OfTable(
    rows.map(({ table, ...trigger }) => [table, { ...trigger, arguments: splitArguments(trigger.arguments) }]),
  );
}

/** A zero byte ends each. */
function splitArguments(bytes: Buffer): string[] {
  return bytes.toString().split("\0").slice(0, -1);
}

const triggers = `
  SELECT t.tgrelid AS table, t.tgname AS name, n.nspname || '.' || p.proname AS function, t.tgargs AS arguments,
    t.tgenabled <> 'D' AS enabled
  FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE NOT t.tgisinternal AND t.tgrelid IN (${userTables})
  ORDER BY t.tgrelid, t.tgname COLLATE "C"`;

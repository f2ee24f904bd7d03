import type { Connection } from "./connect.ts";
import { quoteName } from "./quote.ts";

/** Which rows of a table to carry over, and what to change in each. */
export interface Carried {
  readonly table: string;
  /** SQL over the table's own columns; undefined: all. */
  readonly where?: string;
  readonly values?: readonly unknown[];
  /** Columns that get another value in every row. */
  readonly changed?: Readonly<Record<string, string>>;
}

/** Add rows of one database to another's table of the same name. Columns go by name: one that a side lacks is left out. */
export async function carryRows(
  from: Connection,
  to: Connection,
  { table, where = "true", values = [], changed = {} }: Carried,
): Promise<void> {
  const theirs = await columnsOf(to, table);
  const columns = (await columnsOf(from, table)).filter((column) => theirs.includes(column));
  const names = columns.map(quoteName).join(", ");
  const places = columns.map((_, index) => `$${index + 1}`).join(", ");
  for (const row of await readRows(from, table, columns, where, values)) {
    await to.query(
      `INSERT INTO public.${quoteName(table)} (${names}) VALUES (${places})`,
      columns.map((column) => changed[column] ?? row[column]),
    );
  }
}

/** Rows with every column as text, which a column of the same type takes back as it was. */
export async function readRows(
  from: Connection,
  table: string,
  columns: readonly string[],
  where: string,
  values: readonly unknown[],
): Promise<Record<string, string | null>[]> {
  const selected = columns.map((column) => `${quoteName(column)}::text`).join(", ");
  return await from.query(`SELECT ${selected} FROM public.${quoteName(table)} WHERE ${where}`, values);
}

async function columnsOf(connection: Connection, table: string): Promise<string[]> {
  const rows = await connection.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'`,
    [table],
  );
  return rows.map(({ name }) => name);
}

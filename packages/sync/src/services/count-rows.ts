import type { Connection } from "@understudy/postgres";

/** How many rows there are of `from`: what follows FROM in SQL. */
export async function countRows(
  connection: Connection,
  from: string,
  values: readonly unknown[] = [],
): Promise<number> {
  const [row] = await connection.query<{ count: number }>(`SELECT count(*) AS count FROM ${from}`, values);
  return row?.count ?? 0;
}

/** Rows of several tables of the schema public together, as countRows takes them. */
export function allRowsOf(tables: readonly string[]): string {
  return `(${tables.map((table) => `SELECT FROM public.${table}`).join(" UNION ALL ")}) AS rows`;
}

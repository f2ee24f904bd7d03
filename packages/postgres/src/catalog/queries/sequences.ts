import type { Connection } from "../../connect.ts";
import { quoteTable } from "../../quote.ts";
import type { Sequence } from "../catalog.ts";

interface Row {
  readonly schema: string;
  readonly name: string;
  readonly lastValue: string | null;
}

/** All sequences, those of identity columns too, by schema and name. */
export async function readSequences(connection: Connection): Promise<Sequence[]> {
  const rows = await connection.query<Row>(sequences);
  const firstValues = await readFirstValues(
    connection,
    rows.filter(({ lastValue }) => lastValue === null),
  );
  return rows.map(({ schema, name, lastValue }) => ({
    schema,
    name,
    lastValue: lastValue ?? undefined,
    firstValue: firstValues.get(quoteTable({ schema, name })),
  }));
}

/** Only the sequence itself knows what it begins with: RESTART and setval() may have said other than START. */
async function readFirstValues(connection: Connection, rows: readonly Row[]): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  const each = rows.map((row, index) => `SELECT ${index} AS index, last_value::text AS value FROM ${quoteTable(row)}`);
  const found = await connection.query<{ index: number; value: string }>(each.join(" UNION ALL "));
  return new Map(found.map(({ index, value }) => [quoteTable(rows[index] as Row), value]));
}

const sequences = `
  SELECT schemaname AS schema, sequencename AS name, last_value::text AS "lastValue" FROM pg_sequences
  WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema'
  ORDER BY schemaname COLLATE "C", sequencename COLLATE "C"`;

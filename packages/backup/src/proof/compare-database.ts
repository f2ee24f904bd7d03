import { type Connection, readSequences, sequenceProblems } from "@understudy/postgres";
import type { DescribedDatabase } from "../manifest/manifest.ts";
import { type DatabaseDescription, describeDatabase } from "./describe-database.ts";

/** Compare a restored database with what was described. @returns what differs, for people. */
export async function compareDatabase(session: Connection, expected: DescribedDatabase): Promise<string[]> {
  const found = await describeDatabase(session);
  const sequences = expected.sequences.map(({ at, furthest, ...state }) => ({
    ...state,
    at: BigInt(at),
    furthest: furthest === undefined ? undefined : BigInt(furthest),
  }));
  return [...problemsOf(expected, found), ...sequenceProblems(sequences, await readSequences(session))].map(
    (problem) => `${expected.name}: ${problem}`,
  );
}

/** Where two descriptions of a database are not equal. */
export function problemsOf(expected: DatabaseDescription, found: DatabaseDescription): string[] {
  const tables = new Map(found.tables.map((table) => [table.id, table]));
  return [
    ...expected.tables.flatMap((table) => tableProblems(table, tables.get(table.id))),
    ...differing(expected.structure, found.structure).map(
      (place) => `${place}: ${expected.structure[place] ?? 0} backed up, ${found.structure[place] ?? 0} restored`,
    ),
    ...differing(expected.largeObjects, found.largeObjects).map((what) => `large objects: another number of ${what}`),
  ];
}

type TableDescription = DatabaseDescription["tables"][number];

/** Whether two descriptions are of the same rows. */
export function sameRows(one: TableDescription, other: TableDescription): boolean {
  return one.rows === other.rows && one.together === other.together && one.columns.join() === other.columns.join();
}

function tableProblems(expected: TableDescription, found: TableDescription | undefined): string[] {
  const { id, rows } = expected;
  if (!found) return [`${id}: not restored`];
  if (found.rows !== rows) return [`${id}: ${rows} rows backed up, ${found.rows} restored`];
  return sameRows(expected, found) ? [] : [`${id}: other values than were backed up`];
}

function differing(expected: Readonly<Record<string, number>>, found: Readonly<Record<string, number>>): string[] {
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...keys].filter((key) => expected[key] !== found[key]).sort();
}

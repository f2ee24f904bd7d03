import { type Connection, quoteTable, type SequenceState } from "@understudy/postgres";

/** Set every sequence of the copy to where the source's is. Sequences are outside of snapshots: later numbers do no harm. */
export async function copySequences(copy: Connection, states: readonly SequenceState[]): Promise<void> {
  await copy.query(
    `SELECT pg_catalog.setval(name::regclass, at, asked)
     FROM unnest($1::text[], $2::bigint[], $3::boolean[]) AS states (name, at, asked)`,
    [states.map(quoteTable), states.map(({ at }) => String(at)), states.map(({ asked }) => asked)],
  );
}

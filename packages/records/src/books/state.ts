import { rowsOf, run, type Work } from "../store/work.ts";

/** What a replica remembers of itself. */
export type StateName =
  | "tables"
  /** The engine's own writes are going on. */
  | "applying"
  /** The last stamp that was given or seen. */
  | "clock"
  /** Server: the last version that was given, and up to which tombstones are gone. */
  | "version"
  | "purged_before"
  /** Node: who it is, and what it has. */
  | "node_id"
  | "token"
  | "cursor"
  | "watermark"
  | "answer_no"
  | "sent_packet_no"
  | "acknowledged"
  /** Node: which whole sync this is, why it is going on, and the columns that were known at the end of the last. */
  | "round"
  | "resync"
  | "columns";

export function* readState(name: StateName): Work<string | undefined> {
  const [row] = yield* rowsOf<{ value: string }>("SELECT value FROM sync_state WHERE name = $1", name);
  return row?.value;
}

/** A number, 0 where it was never written. */
export function* readNumber(name: StateName): Work<number> {
  return Number((yield* readState(name)) ?? 0);
}

export function* writeState(name: StateName, value: string | number | bigint): Work<void> {
  yield* run(
    "INSERT INTO sync_state (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    name,
    String(value),
  );
}

export function* clearState(name: StateName): Work<void> {
  yield* run("DELETE FROM sync_state WHERE name = $1", name);
}

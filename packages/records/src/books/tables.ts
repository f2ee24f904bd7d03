import { UserError } from "@understudy/core/light";
import type { Dialect } from "../store/dialect.ts";
import { run, type Work } from "../store/work.ts";
import { readState, writeState } from "./state.ts";

/** Each step takes the engine's tables from one version to the next; a step that was released is never changed. */
const steps: readonly ((types: Dialect["types"]) => readonly string[])[] = [
  ({ serial, uuid, text, integer, boolean, json, time }) => [
    `CREATE TABLE sync_nodes (
      id ${uuid} PRIMARY KEY,
      code ${text} NOT NULL UNIQUE,
      name ${text} NOT NULL,
      description ${text},
      token_hash ${text} NOT NULL UNIQUE,
      token_expires ${time} NOT NULL,
      revoked ${boolean} NOT NULL DEFAULT false,
      last_sync_in ${time},
      last_sync_out ${time},
      received_packet_no ${integer} NOT NULL DEFAULT 0,
      sent_packet_no ${integer} NOT NULL DEFAULT 0,
      position ${integer} NOT NULL DEFAULT 0,
      skew_ms ${integer},
      filters ${json},
      created_at ${time} NOT NULL
    )`,
    // What was written and not yet taken over: on a node until the server has answered, on the server until it is numbered.
    `CREATE TABLE sync_changes (
      id ${serial},
      node_id ${uuid},
      entity_type ${text} NOT NULL,
      entity_uuid ${uuid} NOT NULL,
      operation ${text} NOT NULL CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE')),
      packet_no ${integer},
      created_at ${time} NOT NULL,
      stamp ${integer},
      changed ${json}
    )`,
    "CREATE INDEX sync_changes_of_record ON sync_changes (entity_type, entity_uuid)",
    "CREATE INDEX sync_changes_of_packet ON sync_changes (packet_no)",
    "CREATE INDEX sync_changes_unstamped ON sync_changes (id) WHERE stamp IS NULL",
    `CREATE TABLE sync_records (
      entity_type ${text} NOT NULL,
      entity_uuid ${uuid} NOT NULL,
      version ${integer} NOT NULL,
      stamp ${integer} NOT NULL,
      node_id ${uuid},
      deleted ${boolean} NOT NULL,
      parked ${boolean} NOT NULL DEFAULT false,
      fields ${json},
      round ${integer} NOT NULL DEFAULT 0,
      changed_at ${time} NOT NULL,
      PRIMARY KEY (entity_type, entity_uuid)
    )`,
    "CREATE INDEX sync_records_version ON sync_records (version)",
    "CREATE INDEX sync_records_tombstones ON sync_records (version) WHERE deleted",
    `CREATE TABLE object_version_history (
      id ${uuid} PRIMARY KEY,
      entity_uuid ${uuid} NOT NULL,
      entity_type ${text} NOT NULL,
      source_node_id ${uuid},
      arrival_time ${time} NOT NULL,
      serialized_data ${json},
      conflict_resolution ${text} NOT NULL,
      operation ${text} NOT NULL,
      base_version ${integer} NOT NULL,
      stamp ${integer} NOT NULL,
      standing_version ${integer} NOT NULL,
      standing_stamp ${integer},
      standing_node_id ${uuid},
      reason ${text} NOT NULL,
      open ${boolean} NOT NULL DEFAULT false,
      resolved_by ${text}
    )`,
    "CREATE INDEX object_version_history_of_record ON object_version_history (entity_uuid, arrival_time)",
    "CREATE INDEX object_version_history_open ON object_version_history (arrival_time) WHERE open",
    // On a node what it sends, until it is answered; on the server what it answered, until the node has it.
    `CREATE TABLE sync_packets (
      node_id ${uuid} NOT NULL,
      packet_no ${integer} NOT NULL,
      content_hash ${text} NOT NULL,
      body ${text} NOT NULL,
      created_at ${time} NOT NULL,
      PRIMARY KEY (node_id, packet_no)
    )`,
    // What a node was sent and could not write beside its own pending rows.
    `CREATE TABLE sync_held_back (
      entity_type ${text} NOT NULL,
      entity_uuid ${uuid} NOT NULL,
      served ${text} NOT NULL,
      reason ${text} NOT NULL,
      PRIMARY KEY (entity_type, entity_uuid)
    )`,
  ],
  ({ text }) => [`ALTER TABLE sync_nodes ADD COLUMN resync ${text}`],
];

/** Make or upgrade the engine's tables. Inside a transaction. @throws UserError if a newer version made them */
export function* prepareTables(dialect: Dialect): Work<void> {
  const { text } = dialect.types;
  yield* dialect.lock();
  yield* run(`CREATE TABLE IF NOT EXISTS sync_state (name ${text} PRIMARY KEY, value ${text} NOT NULL)`);
  const found = Number((yield* readState("tables")) ?? 0);
  if (found > steps.length) {
    throw new UserError(
      `The tables of the record engine have version ${found}, and this program knows ${steps.length}`,
      {
        next: "Run the version of Understudy that made them",
      },
    );
  }
  if (found < steps.length) {
    for (const step of steps.slice(found)) for (const statement of step(dialect.types)) yield* run(statement);
    yield* dialect.setUp();
    yield* writeState("tables", steps.length);
  }
}

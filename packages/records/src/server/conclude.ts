import { type Lost, newConflictId } from "../books/history.ts";
import type { RecordState } from "../books/records.ts";
import type { Change, Result } from "../packet/change.ts";
import type { Stamp } from "../rules/clock.ts";
import type { Current, Decision } from "../rules/decide.ts";
import { fieldVersions } from "../rules/merge-fields.ts";
import type { Applied } from "../store/apply-rows.ts";
import { type Row, sameRow } from "../values/kind.ts";

/** A change with what the server has, and what it makes of it. */
export interface Judged {
  readonly change: Change;
  /** Of maps by record. */
  readonly key: string;
  /** The change's, bounded. */
  readonly stamp: Stamp;
  readonly known: RecordState | undefined;
  readonly current: Current | undefined;
  readonly decision: Decision;
}

/** What is to be written down, and what the node is told. */
export interface Conclusion {
  readonly records: readonly RecordState[];
  readonly history: readonly Lost[];
  readonly results: readonly Result[];
}

interface About {
  /** Whose packet it is. */
  readonly node: string;
  /** The last version that was given. */
  readonly version: number;
  readonly now: string;
  /** Whether the columns of an entity have versions. */
  readonly merges: (entityType: string) => boolean;
}

interface Outcome {
  readonly record?: RecordState;
  readonly lost?: Lost;
  readonly result: Result;
}

/** After the rows of a packet were written: versions, history, answer. Pure, but for the ids of what lost. */
export function conclude(judged: readonly Judged[], applied: Applied, about: About): Conclusion {
  let { version } = about;
  const outcomes = judged.map((one) => {
    const refusal = applied.refused.get(one.key);
    const decision: Decision = refusal === undefined ? one.decision : { kind: "park", reason: refusal };
    const outcome = conclusionOf(one, decision, applied.stored.get(one.key) ?? null, {
      ...about,
      version: version + 1,
    });
    version = Math.max(version, outcome.record?.version ?? 0);
    return outcome;
  });
  return {
    records: outcomes.flatMap(({ record }) => record ?? []),
    history: outcomes.flatMap(({ lost }) => lost ?? []),
    results: outcomes.map(({ result }) => result),
  };
}

/** @param stored the row as it was written @param about with the version that a new state gets */
function conclusionOf(judged: Judged, decision: Decision, stored: Row | null, about: About): Outcome {
  const { change, current } = judged;
  const key = { entity_type: change.entity_type, entity_uuid: change.entity_uuid };
  switch (decision.kind) {
    case "follow":
      return {
        record: newState(judged, about),
        result: { ...key, status: "accepted", version: about.version, ...correction(change.data, stored) },
      };
    case "same":
      return agreed(judged, about);
    case "park": {
      const lost = incomingLost(judged, about, "parked", decision.reason);
      const told = { conflict_id: lost.id, reason: decision.reason };
      // Where the server has no such record, a tombstone stands for it until a person has decided.
      const record = judged.known
        ? { ...judged.known, parked: true }
        : { ...newState(judged, about), deleted: true, parked: true, node_id: null };
      return {
        record,
        lost: { ...lost, open: true },
        result: { ...key, status: "parked", version: record.version, ...told },
      };
    }
    case "conflict": {
      const { winner, rule, reason, merged } = decision;
      const lost =
        winner === "incoming" ? currentLost(judged, about, rule, reason) : incomingLost(judged, about, rule, reason);
      const told = { conflict_id: lost.id, reason };
      if (merged) {
        const record = newState(judged, about, merged);
        const result = {
          ...key,
          status: "merged" as const,
          version: about.version,
          ...told,
          data: stored,
          deleted: record.deleted,
        };
        return { record, lost: { ...lost, standing_version: about.version }, result };
      }
      if (winner === "incoming") {
        const result = {
          ...key,
          status: "accepted" as const,
          version: about.version,
          ...told,
          ...correction(change.data, stored),
        };
        return { record: newState(judged, about), lost, result };
      }
      const seen = rule === "hidden" ? undefined : current;
      const standing = { version: seen?.version ?? 0, data: seen?.row ?? null, deleted: seen?.deleted ?? true };
      return { lost, result: { ...key, status: "rejected", ...standing, ...told } };
    }
  }
}

/** Both say the same, or have both deleted it. */
function agreed(judged: Judged, about: About): Outcome {
  const { change, stamp, known, current } = judged;
  const result = {
    entity_type: change.entity_type,
    entity_uuid: change.entity_uuid,
    status: "accepted" as const,
    version: current?.version ?? 0,
  };
  // A still later write is compared with the later of the two; whose the version is stays as it was.
  const record = known && stamp > BigInt(known.stamp) ? { record: { ...known, stamp: String(stamp) } } : {};
  const row = current?.row ?? null;
  if (sameRow(change.data, row)) return { ...record, result };
  // The rows that two deletions left can differ, and hold unique values: the server's stands. Who writes on the other has not seen it.
  const lost = incomingLost(judged, about, "same", "both had deleted it");
  return { ...record, lost, result: { ...result, status: "rejected", data: row, deleted: true, reason: lost.reason } };
}

/** The server's row, where storing it changed it: a column of fewer digits, a trigger. */
function correction(sent: Row | null, stored: Row | null): { data?: Row } {
  return sent && stored && !sameRow(sent, stored) ? { data: stored } : {};
}

function newState({ change, stamp, current }: Judged, about: About, row?: Row): RecordState {
  return {
    entity_type: change.entity_type,
    entity_uuid: change.entity_uuid,
    version: about.version,
    stamp: String(stamp),
    node_id: about.node,
    deleted: row ? row.is_deleted === "true" : change.operation === "DELETE",
    parked: false,
    fields: about.merges(change.entity_type)
      ? fieldVersions(current?.fields ?? null, change.changed, about.version)
      : null,
    round: 0,
    changed_at: about.now,
  };
}

function incomingLost({ change, stamp, current }: Judged, about: About, rule: string, reason: string): Lost {
  return {
    ...common(change, about, rule, reason),
    source_node_id: about.node,
    serialized_data: change.data,
    operation: change.operation,
    base_version: change.base_version,
    stamp: String(stamp),
    standing_version: current?.version ?? 0,
    standing_stamp: current ? String(current.stamp) : null,
    standing_node_id: current?.node ?? null,
  };
}

function currentLost({ change, stamp, current }: Judged, about: About, rule: string, reason: string): Lost {
  return {
    ...common(change, about, rule, reason),
    source_node_id: current?.node ?? null,
    serialized_data: current?.row ?? null,
    operation: current?.deleted ? "DELETE" : "UPDATE",
    base_version: current?.version ?? 0,
    stamp: String(current?.stamp ?? 0n),
    standing_version: about.version,
    standing_stamp: String(stamp),
    standing_node_id: about.node,
  };
}

function common({ entity_type, entity_uuid }: Change, about: About, rule: string, reason: string) {
  return {
    id: newConflictId(),
    entity_type,
    entity_uuid,
    arrival_time: about.now,
    conflict_resolution: rule,
    reason,
    open: false,
    resolved_by: null,
  };
}

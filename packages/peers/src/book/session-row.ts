import { stepOf } from "../session/progress.ts";
import { type FullSyncOptions, phases, type RowCounts, type Session, type TableReport } from "../types.ts";

/** What a session came to. */
export interface Outcome {
  readonly rows: RowCounts | null;
  readonly tables: readonly TableReport[];
  readonly notes: readonly string[];
  readonly verified: boolean | null;
}

const nothing: Outcome = { rows: null, tables: [], notes: [], verified: null };

/** A row of FullSyncSessions. */
export interface SessionRow
  extends Omit<Session, "peer" | "options" | "step" | "steps" | "error" | "rows" | "tables" | "notes" | "verified"> {
  readonly peerNodeId: string;
  readonly peerName: string;
  readonly options: string;
  readonly error: string | null;
  readonly outcome: string;
}

export function toSession(row: SessionRow): Session {
  const { sessionId, direction, method, role, sourceName, targetName, status, phase, currentStep, progress } = row;
  return {
    ...{ sessionId, direction, method, role, sourceName, targetName, status, phase, currentStep, progress },
    peer: { nodeId: row.peerNodeId, name: row.peerName },
    options: JSON.parse(row.options) as FullSyncOptions,
    step: stepOf(phase),
    steps: phases.length,
    phaseProgress: row.phaseProgress,
    bytesTransferred: row.bytesTransferred,
    totalBytes: row.totalBytes,
    transferSpeed: row.transferSpeed,
    estimatedTimeRemaining: row.estimatedTimeRemaining,
    estimatedCompletion: row.estimatedCompletion,
    startedAt: row.startedAt,
    updatedAt: row.updatedAt,
    completedAt: row.completedAt,
    error: toError(row.error),
    ...nothing,
    ...(JSON.parse(row.outcome) as Partial<Outcome>),
  };
}

/** Sessions from before the redesign have plain text. */
function toError(text: string | null): Session["error"] {
  if (text === null) return null;
  return text.startsWith("{") ? (JSON.parse(text) as Session["error"]) : { message: text, next: null };
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditEntry, Installation } from "@understudy/core";

/** A line of an environment's journal, see `Journal`. */
interface Line {
  readonly run: string;
  readonly verb: string;
  readonly step: string;
  readonly at: string;
  readonly detail?: { readonly release?: unknown; readonly result?: unknown; readonly by?: string } | undefined;
}

/** One run of a verb over an environment, as the journal and the audit tell of it. */
export interface Run {
  readonly verb: string;
  /** Undefined of an old one that the audit does not go back to. */
  readonly who: string | undefined;
  /** ISO 8601. */
  readonly began: string;
  /** ISO 8601, of its last sign of life. */
  readonly ended: string;
  /** The release that it was about, as far as it came to know. */
  readonly release: string | undefined;
  /** `open` is the last run, when it has no end: it goes on, or was killed. */
  readonly result: "succeeded" | "failed" | "cut off" | "open";
  /** The step that it was at. */
  readonly step: string;
  /** Why it failed. */
  readonly why: string | undefined;
}

/** Every run over an environment, the oldest first. Lines that were torn by a crash are passed over. */
export function readRuns(installation: Installation, environment: string): Run[] {
  const lines = [...newestFirst<Line>(journalOf(installation, environment))].reverse();
  const entries = [...newestFirst<AuditEntry>(auditOf(installation))].reverse();
  const audited = byVerb(entries.filter((entry) => entry.environment === environment));
  const runs = [...Map.groupBy(lines, ({ run }) => run)];
  return runs.map(([id, steps], index) => toRun(id, steps, audited, index === runs.length - 1));
}

/** The last run over an environment, which alone is read. */
export function readLastRun(installation: Installation, environment: string): Run | undefined {
  const steps: Line[] = [];
  for (const line of newestFirst<Line>(journalOf(installation, environment))) {
    if (steps[0] && line.run !== steps[0].run) break;
    steps.unshift(line);
  }
  const [first] = steps;
  if (!first) return undefined;
  const entries: AuditEntry[] = [];
  for (const entry of newestFirst<AuditEntry>(auditOf(installation))) {
    if (entry.at < startOf(first.run, first)) break;
    if (entry.environment === environment) entries.unshift(entry);
  }
  return toRun(first.run, steps, byVerb(entries), true);
}

/** In the order of their time. */
type Audited = ReadonlyMap<string, readonly AuditEntry[]>;

function byVerb(entries: readonly AuditEntry[]): Audited {
  return Map.groupBy(entries, ({ what }) => what);
}

function toRun(id: string, steps: readonly Line[], audited: Audited, isLast: boolean): Run {
  const [first, last] = [steps[0], steps.at(-1)] as [Line, Line];
  const end = last.step === "end" ? last : undefined;
  const release = steps.findLast(({ detail }) => typeof detail?.release === "string")?.detail?.release;
  const began = startOf(id, first);
  const ofVerb = audited.get(first.verb) ?? [];
  const started = startIn(ofVerb, began, first.at);
  const failed = end && endFrom(ofVerb, end.at);
  return {
    verb: first.verb,
    who: started?.who ?? last.detail?.by,
    began,
    ended: last.at,
    release: release as string | undefined,
    result: end ? (end.detail?.result === "succeeded" ? "succeeded" : "failed") : isLast ? "open" : "cut off",
    step: steps.findLast(({ step }) => step !== "end")?.step ?? "start",
    why: failed?.result === "failed" && typeof failed.detail === "string" ? failed.detail : undefined,
  };
}

/** The last that started in a time. */
function startIn(entries: readonly AuditEntry[], from: string, to: string): AuditEntry | undefined {
  let found: AuditEntry | undefined;
  for (let index = indexFrom(entries, from); index < entries.length; index++) {
    const entry = entries[index] as AuditEntry;
    if (entry.at > to) break;
    if (entry.result === "started") found = entry;
  }
  return found;
}

/** The first that ended at a time or after it. */
function endFrom(entries: readonly AuditEntry[], from: string): AuditEntry | undefined {
  for (let index = indexFrom(entries, from); index < entries.length; index++) {
    if (entries[index]?.result !== "started") return entries[index];
  }
  return undefined;
}

/** Of the first entry at a time or after it, found by halves: there may be as many as runs. */
function indexFrom(entries: readonly AuditEntry[], at: string): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as AuditEntry).at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A run is named by the moment that it took the lock at, in ms: before its first line in the audit, which is before its first step. */
function startOf(id: string, first: Line): string {
  const at = Number(id.split("-")[0]);
  return Number.isSafeInteger(at) ? new Date(at).toISOString() : first.at;
}

function journalOf({ stateDir }: Installation, environment: string): string {
  return join(stateDir, "journal", `${environment}.jsonl`);
}

function auditOf({ logsDir }: Installation): string {
  return join(logsDir, "audit.jsonl");
}

function* newestFirst<T>(file: string): Generator<T> {
  if (!existsSync(file)) return;
  const lines = readFileSync(file, "utf8").split("\n");
  for (let index = lines.length - 1; index >= 0; index--) {
    try {
      yield JSON.parse(lines[index] as string) as T;
    } catch {}
  }
}

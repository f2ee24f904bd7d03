import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditEntry, Installation } from "@understudy/core";

/** A line of an environment's journal, see `Journal`. */
interface Line {
  readonly run: string;
  readonly verb: string;
  readonly step: string;
  readonly at: string;
  readonly detail?: { readonly release?: unknown; readonly result?: unknown } | undefined;
}

/** One run of a verb over an environment, as the journal and the audit tell of it. */
export interface Run {
  readonly verb: string;
  /** Undefined when the audit does not go back so far. */
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
  const lines = jsonLines<Line>(join(installation.stateDir, "journal", `${environment}.jsonl`));
  const entries = jsonLines<AuditEntry>(join(installation.logsDir, "audit.jsonl"));
  const audited = entries.filter((entry) => entry.environment === environment);
  const runs = [...Map.groupBy(lines, ({ run }) => run)];
  return runs.map(([id, steps], index) => toRun(id, steps, audited, index === runs.length - 1));
}

function toRun(id: string, steps: readonly Line[], audited: readonly AuditEntry[], isLast: boolean): Run {
  const [first, last] = [steps[0], steps.at(-1)] as [Line, Line];
  const end = last.step === "end" ? last : undefined;
  const release = steps.findLast(({ detail }) => typeof detail?.release === "string")?.detail?.release;
  const began = startOf(id, first);
  const ofRun = audited.filter(({ what }) => what === first.verb);
  const started = ofRun.findLast(({ result, at }) => result === "started" && at >= began && at <= first.at);
  const failed = end && ofRun.find(({ result, at }) => result !== "started" && at >= end.at);
  return {
    verb: first.verb,
    who: started?.who,
    began,
    ended: last.at,
    release: release as string | undefined,
    result: end ? (end.detail?.result === "succeeded" ? "succeeded" : "failed") : isLast ? "open" : "cut off",
    step: steps.findLast(({ step }) => step !== "end")?.step ?? "start",
    why: failed?.result === "failed" && typeof failed.detail === "string" ? failed.detail : undefined,
  };
}

/** A run is named by the moment that it took the lock at, in ms: before its first line in the audit, which is before its first step. */
function startOf(id: string, first: Line): string {
  const at = Number(id.split("-")[0]);
  return Number.isSafeInteger(at) ? new Date(at).toISOString() : first.at;
}

function jsonLines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as T];
      } catch {
        return [];
      }
    });
}

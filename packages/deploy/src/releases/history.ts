import { type Installation, readFact, secondsInWords, table } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { ReceiptFlaw } from "../receipt/flaw.ts";
import { readReceipt } from "../receipt/store.ts";
import { type Run, readRuns } from "./read-runs.ts";

/** One deploy, promotion or rollback of an environment. */
export interface PastRelease {
  /** Null when it ended before it had one. */
  readonly release: string | null;
  /** Whether the environment runs it since then. */
  readonly current: boolean;
  readonly verb: string;
  /** `user@host`; null when neither journal nor audit tells. */
  readonly who: string | null;
  /** ISO 8601. */
  readonly at: string;
  /** Until its end, or its last sign of life. */
  readonly seconds: number;
  /** `open` is the last run when it has no end: it goes on, or was killed. */
  readonly result: Run["result"];
  /** Why it failed, or the step that it was cut off at; null when all went well. */
  readonly why: string | null;
  /** Whether the release has a receipt that holds; `altered` is also one that was not signed here. */
  readonly receipt: "yes" | "no" | "altered";
}

/** What `releases --json` prints; documented in docs/cli-json.md. */
export interface ReleaseHistory {
  readonly environment: string;
  /** The newest first. */
  readonly releases: readonly PastRelease[];
}

/** The verbs that change which release an environment runs. */
const releasing = /^(deploy|promote|rollback|adopt)\b/;

/**
 * Which releases an environment ran, from its journal and the audit.
 * @param limit how many, the newest
 * @param before ISO 8601: of those that began before it
 */
export function releaseHistory({ installation, environment }: Target, limit: number, before?: string): ReleaseHistory {
  const runs = readRuns(installation, environment.name)
    .filter(({ verb }) => releasing.test(verb))
    .reverse();
  const runsNow = readFact<{ id: string }>(installation, environment.name, "release")?.id;
  const current = runs.find(({ result, release }) => result === "succeeded" && release === runsNow);
  const older = before === undefined ? runs : runs.filter(({ began }) => began < before);
  return {
    environment: environment.name,
    releases: older.slice(0, limit).map((run) => pastRelease(installation, run, run === current)),
  };
}

/** The table for people. */
export function historyTable({ environment, releases }: ReleaseHistory): string {
  if (releases.length === 0) return `Nothing was deployed to ${environment} from here yet\n`;
  const rows = releases.map(({ release, current, verb, who, at, seconds, result, why, receipt }) => [
    at.slice(0, 19).replace("T", " "),
    `${release ?? "none"}${current ? " (runs now)" : ""}`,
    verb,
    who ?? "unknown",
    secondsInWords(seconds),
    why ? `${result}: ${cut(why)}` : result,
    receipt,
  ]);
  return `${table(["when (UTC)", "release", "verb", "who", "took", "result", "receipt"], rows)}\n`;
}

function pastRelease(installation: Installation, run: Run, current: boolean): PastRelease {
  const { release, verb, who, began, ended, result, step, why } = run;
  const unfinished = result === "cut off" || result === "open";
  return {
    release: release ?? null,
    current,
    verb,
    who: who ?? null,
    at: began,
    seconds: Math.round((Date.parse(ended) - Date.parse(began)) / 100) / 10,
    result,
    why: unfinished ? `at ${step}` : (why ?? null),
    receipt: release === undefined ? "no" : receiptOf(installation, release),
  };
}

function receiptOf(installation: Installation, release: string): PastRelease["receipt"] {
  const receipt = readReceipt(installation, release);
  if (!(receipt instanceof ReceiptFlaw)) return "yes";
  return receipt.kind === "missing" ? "no" : "altered";
}

/** `--json` has the whole. */
function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

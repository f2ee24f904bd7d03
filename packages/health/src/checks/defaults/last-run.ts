import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readFact, sourceRoot } from "@understudy/core";
import { duration as inWords } from "../../alerts/words.ts";
import type { Check, CheckContext, Observation } from "../check.ts";
import { usual } from "../usual.ts";

/** News that a backup, a copy or a drill leaves of itself. */
interface LastRun {
  /** ISO 8601. */
  readonly at: string;
  readonly result: string;
  /** Of a backup: it was restored for a test. */
  readonly verified?: boolean;
}

const hours = { unit: "h old", bad: "above" } as const;
const past = { ...usual, service: "host", ofThePast: true } as const;

export function lastRuns(): Check[] {
  return [
    {
      ...past,
      name: "last backup",
      expected: "a verified backup",
      thresholds: { warning: 26, critical: 72, ...hours },
      notApplicable: (context) => {
        const production = context.stack.environment.kind === "production";
        return lastRun(context, "backup") || (production && backupsExist()) ? undefined : "no backup was taken of it";
      },
      look: async (context) => observe(context, "backup", "pnpm backup"),
    },
    {
      ...past,
      name: "last copy",
      severity: "warning",
      expected: "a copy that ended well",
      thresholds: { warning: 720, ...hours },
      notApplicable: (context) => (lastRun(context, "copy") ? undefined : "no data was copied to it"),
      look: async (context) => observe(context, "copy", "Run the copy again"),
    },
    {
      ...past,
      name: "last drill",
      severity: "warning",
      expected: "a drill that ended well",
      thresholds: { warning: 45 * 24, ...hours },
      notApplicable: (context) => (lastRun(context, "drill") ? undefined : "no drill was made of it"),
      look: async (context) => observe(context, "drill", "pnpm rollback:drill"),
    },
  ];
}

function observe(context: CheckContext, what: string, next: string): Observation {
  const run = lastRun(context, what);
  if (!run) return { ok: false, severity: "warning", seen: `no ${what} was ever taken`, next };
  const age = context.now() - Date.parse(run.at);
  const measured = Math.round(age / 360_000) / 10;
  const figures = { [`${what}_age_hours`]: measured };
  const when = `${inWords(age)} ago`;
  if (run.result !== "succeeded") return { ok: false, seen: `the last ${what} ${run.result}, ${when}`, next, figures };
  if (what === "backup" && !run.verified) {
    return { ok: false, severity: "warning", seen: `the last ${what} was not verified, ${when}`, next, figures };
  }
  return { ok: true, seen: `${run.verified ? "verified, " : ""}${when}`, measured, figures, next };
}

function lastRun({ stack }: CheckContext, what: string): LastRun | undefined {
  return readFact<LastRun>(stack.installation, stack.environment.name, what);
}

/** Whether this version of the tool can take backups at all. */
function backupsExist(): boolean {
  const { scripts } = JSON.parse(readFileSync(join(sourceRoot, "package.json"), "utf8")) as { scripts: object };
  return Object.hasOwn(scripts, "backup");
}

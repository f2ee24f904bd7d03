import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { firstFailure, messageOf, secrets } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { z } from "zod";
import { secondsSince } from "../report/seconds-since.ts";

const runSchema = z.object({
  /** ISO 8601. */
  at: z.string(),
  environment: z.string(),
  verb: z.enum(["export", "import", "push", "pull"]),
  result: z.enum(["succeeded", "failed"]),
  seconds: z.number(),
  /** Of the archive, where there is one. */
  bytes: z.number().optional(),
  /** What went wrong, in one line. */
  error: z.string().optional(),
});

/** How one run went. */
export type Run = z.infer<typeof runSchema>;

/** Note a run, for `team:stats`. */
export function remember(
  { installation, environment }: Target,
  run: Omit<Run, "at" | "environment">,
  now = new Date(),
): void {
  const file = fileOf(installation);
  mkdirSync(dirname(file), { recursive: true });
  const line: Run = { at: now.toISOString(), environment: environment.name, ...run };
  appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
}

/** Note a run that failed, and of what. @param began what `performance.now()` was */
export function rememberFailure(target: Target, verb: Run["verb"], began: number, thrown: unknown): void {
  const [error = ""] = secrets.redact(messageOf(firstFailure(thrown))).split("\n");
  remember(target, { verb, result: "failed", seconds: secondsSince(began), error });
}

/** All that were noted, the oldest first. A line that a killed run tore counts as not written. */
export function pastRuns(installation: Target["installation"]): Run[] {
  const file = fileOf(installation);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").split("\n").flatMap(parse);
}

function parse(line: string): Run[] {
  try {
    return [runSchema.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}

function fileOf({ stateDir }: Target["installation"]): string {
  return join(stateDir, "team", "runs.jsonl");
}

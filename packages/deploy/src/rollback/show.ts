import { bytesInWords, secondsInWords, table } from "@understudy/core";
import type { ListedPoint } from "../points/list-points.ts";
import { waitLine } from "../report/wait-line.ts";
import type { RollbackReport } from "./rollback.ts";

/** For people. */
export function showPoints(points: readonly ListedPoint[]): string {
  if (points.length === 0) return "There are no rollback points yet: a promotion makes one.\n";
  const rows = points.map(({ tag, time, commit, backup, verified, size, differs, problem, dataProblem, next }) => [
    tag,
    time ? `${time.slice(0, 16).replace("T", " ")} UTC` : "unknown",
    commit.slice(0, 12),
    backup ? (verified ? "verified" : "not verified") : "none",
    size === null ? "" : bytesInWords(size),
    [problem ?? dataProblem, next].filter(Boolean).join(". ") || differs.join("; ") || "it is what runs",
  ]);
  return `${table(["point", "time", "commit", "backup", "size", "going back"], rows)}\n`;
}

export function showRollback({
  environment,
  tag,
  release,
  result,
  differs,
  withData,
  present,
  held,
  seconds,
}: RollbackReport): string {
  const what = `release ${release}${withData ? " and its data" : ""}`;
  if (result === "planned") {
    return `${environment} would go back to ${tag}: ${what}\n${differs.map((line) => `  ${line}\n`).join("")}Nothing was changed.\n`;
  }
  const back = present
    ? `What ran before is ${present}: pnpm rollback --tag ${present}${withData ? " --with-data" : ""}\n`
    : "";
  const served = Math.max(...held.map(({ served }) => served)) / 1_000;
  const answered = held.length ? `Requests were answered by it after ${secondsInWords(served)}.\n` : "";
  return `${environment} is back at ${tag}: ${what}, after ${secondsInWords(seconds)}.\n${held.map(waitLine).join("")}${answered}${back}`;
}

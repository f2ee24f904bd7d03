import { bytesInWords, countInWords, secondsInWords, table } from "@understudy/core";
import type { ExportReport } from "../export/team-export.ts";
import type { ImportReport } from "../import/team-import.ts";
import type { UndoReport } from "../import/team-undo.ts";
import type { ListedSnapshot } from "../place/team-list.ts";
import type { PushReport } from "../place/team-push.ts";
import type { VerbStats } from "../stats/summarise.ts";

/** Reports for people. */
export function showExport({ archive, bytes, seconds, tables, workflows }: ExportReport): string {
  return lines(
    `${archive}: ${bytesInWords(bytes)} in ${secondsInWords(seconds)}, ${countInWords(tables)} tables, ${workflows} workflows. Read again, and whole.`,
  );
}

export function showImport(report: ImportReport): string {
  const { archive, environment, imported, databases, volumes, workflows, seconds } = report;
  if (!imported) return lines(`Nothing was changed. ${archive} can be imported into ${environment}.`);
  const what = [...databases, ...volumes].join(", ");
  return lines(
    `${environment} runs with ${archive}: ${what}; ${workflows} workflows, in ${secondsInWords(seconds)}.`,
    "What was there before is kept until the next import: pnpm team:undo",
  );
}

export function showUndo({ environment, result, databases, volumes }: UndoReport): string {
  const what = [...databases, ...volumes].join(", ");
  if (result === "forgotten") return lines(`What was kept of ${environment} is gone: ${what}.`);
  return lines(
    `${environment} is as before the import: ${what}.`,
    "What the import had brought is kept: pnpm team:undo brings it back",
  );
}

export function showStats(stats: readonly VerbStats[]): string {
  if (!stats.length) return lines("Nothing was exported or imported yet.");
  const seconds = (value: number | null) => (value === null ? "" : secondsInWords(value));
  const rows = stats.map((one) => [
    one.verb,
    String(one.runs),
    `${one.successPercent} %`,
    seconds(one.medianSeconds),
    seconds(one.longestSeconds),
    one.lastBytes === null ? "" : bytesInWords(one.lastBytes),
    one.last.slice(0, 16).replace("T", " "),
  ]);
  const failures = stats.flatMap(({ verb, failures }) =>
    failures.map(({ error, times }) => `${verb} failed ${times === 1 ? "once" : `${times} times`}: ${error}`),
  );
  const head = ["what", "runs", "success", "median", "longest", "last size", "last run (UTC)"];
  return lines(table(head, rows), ...failures);
}

export function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

export function showPush({ stamp, by, bytes, added, seconds, tables, workflows }: PushReport): string {
  const what = `${countInWords(tables)} tables, ${workflows} workflows`;
  return lines(
    `${stamp} by ${by}: ${what}, ${bytesInWords(bytes)}, of which ${bytesInWords(added)} were new, in ${secondsInWords(seconds)}.`,
  );
}

export function showList(listed: readonly ListedSnapshot[], now = new Date()): string {
  if (!listed.length) return lines("The team's place is empty: pnpm team:push");
  const words = { same: "yes", differs: "with warnings", refused: "no" } as const;
  const age = (time: string) => secondsInWords((now.getTime() - Date.parse(time)) / 1_000);
  const rows = listed.map((one) => [
    ...[one.stamp, one.by, one.environment, bytesInWords(one.bytes), age(one.time)],
    [words[one.compatible], ...one.notes.slice(0, 1)].join(": "),
  ]);
  return lines(table(["snapshot", "by", "environment", "size", "age", "compatible"], rows));
}

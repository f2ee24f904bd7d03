import { bytesInWords, countInWords, secondsInWords, table } from "@understudy/core";
import type { ExportReport } from "../export/team-export.ts";
import type { ImportReport } from "../import/team-import.ts";
import type { UndoReport } from "../import/team-undo.ts";
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
  return lines(table(["what", "runs", "success", "median", "longest", "last size", "last run (UTC)"], rows));
}

export function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

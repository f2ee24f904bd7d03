import { conflictInWords, conflictNext } from "../plan/describe.ts";
import type { ConflictReport, MigrateReport } from "./report.ts";

/** For people. @param planned nothing was changed, only looked at */
export function showMigrated(report: MigrateReport, planned: boolean): string {
  const { environment, applied, unchanged, published, pending, conflicts, problems } = report;
  const stopped = conflicts.length + problems.length > 0;
  const count = `${applied.length} ${applied.length === 1 ? "migration" : "migrations"}`;
  const head = planned
    ? `${environment}: ${count} would be applied. Nothing was changed.`
    : applied.length + unchanged.length + pending === 0
      ? `${environment} has every migration.`
      : stopped && applied.length === 0
        ? `${environment}: nothing was applied, ${pending} pending.`
        : `${environment}: ${count} applied, ${unchanged.length} were there already, ${pending} pending.`;
  return `${[
    ...conflicts.map(showConflict),
    ...problems.map(({ message, next }) => `✘ ${message}. ${next}`),
    ...(published.length ? [`Live: ${published.join(", ")}`] : []),
    head,
  ].join("\n")}\n`;
}

function showConflict({ migration, workflow, kind, diff }: ConflictReport): string {
  const lines = diff.split("\n").map((line) => `    ${line}`);
  return [
    `✘ ${migration}: "${workflow}" ${conflictInWords(kind)}. What it would change:`,
    ...lines,
    `  ${conflictNext(kind)}`,
  ].join("\n");
}

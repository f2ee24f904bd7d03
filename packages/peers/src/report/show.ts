import { bytesInWords, countInWords, secondsInWords, table } from "@understudy/core";
import type { Session, TableReport } from "../types.ts";

/** What `--plan` found, for people. */
export function showPlan({ sourceName, targetName, tables, notes }: Session): string {
  return [
    `${sourceName} → ${targetName}: nothing was written. It would be:`,
    tableOf(tables),
    ...notesOf(tables, notes),
  ].join("\n");
}

/** How a session ended, for people. */
export function showSession(session: Session, seconds: number): string {
  const { sourceName, targetName, status, error, rows, verified, bytesTransferred, tables, notes } = session;
  const head = `${sourceName} → ${targetName}: ${status}`;
  if (status !== "completed" || !rows)
    return `${head}${error ? `: ${error.message}${error.next ? `. ${error.next}` : ""}` : ""}`;
  const counts = (["inserted", "updated", "unchanged", "skipped"] as const)
    .filter((count) => count !== "skipped" || rows.skipped > 0)
    .map((count) => `${countInWords(rows[count])} ${count}`);
  const checked = verified === null ? "not verified" : verified ? "verified" : "NOT the same on both sides";
  return [
    `${head}, ${checked}: ${counts.join(", ")}; ${bytesInWords(bytesTransferred)} in ${secondsInWords(seconds)}`,
    ...notesOf(tables, notes),
  ].join("\n");
}

function tableOf(tables: readonly TableReport[]): string {
  const rows = tables.map(({ table: name, inserted, updated, unchanged, conflicts }) => [
    name,
    ...[inserted, updated, unchanged].map(countInWords),
    conflicts.length === 0 ? "" : conflicts.join("; "),
  ]);
  return table(["table", "inserts", "updates", "unchanged", "conflicts (keys)"], rows);
}

function notesOf(tables: readonly TableReport[], notes: readonly string[]): string[] {
  return [...notes, ...tables.flatMap(({ table: name, notes }) => notes.map((note) => `${name}: ${note}`))];
}

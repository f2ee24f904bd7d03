import { bytesInWords, countInWords, secondsInWords, table } from "@understudy/core";
import type { DrillReport } from "../drill.ts";
import type { ListedBackup } from "../list-backups.ts";
import type { PruneReport } from "../prune-backups.ts";
import type { RestoreReport } from "../restore-backup.ts";
import type { BackupReport } from "./backup-report.ts";

/** Reports for people. */
export function showBackup(report: BackupReport): string {
  const { id, environment, bytes, added, heldMs, seconds, verified, databases, volumes, proof } = report;
  const rows = databases.reduce((sum, database) => sum + database.rows, 0);
  return lines(
    `${id}: ${environment}, ${bytesInWords(bytes)}, ${bytesInWords(added)} of it new, in ${secondsInWords(seconds)}.`,
    `${databases.length} databases with ${countInWords(rows)} rows, ${volumes.length} volumes. Writers stood still for ${heldMs} ms.`,
    verified && proof
      ? `Verified: restored in ${secondsInWords(proof.restoredSeconds)}, equal, and ${proof.services.join(", ")} started on it.`
      : "Not verified: pnpm backup --verify restores it for a test, and so does pnpm rollback:drill.",
  );
}

export function showBackups(backups: readonly ListedBackup[], environment: string): string {
  if (backups.length === 0)
    return `${environment} has no backups. Take one: pnpm backup --environment ${environment}\n`;
  const words = { true: "yes", false: "it FAILED", null: "not tried" } as const;
  return lines(
    table(
      ["backup", "time", "verified", "size"],
      backups.map(({ id, time, verified, bytes }) => [id, inMinutes(time), words[`${verified}`], bytesInWords(bytes)]),
    ),
  );
}

export function showRestore(report: RestoreReport): string {
  const { id, environment, at, restored, databases, volumes, files, present } = report;
  const what = [
    ...(databases.length ? [`databases ${databases.join(", ")}`] : []),
    ...(volumes.length ? [`volumes ${volumes.join(", ")}`] : []),
    ...(files.length ? [`files ${files.join(", ")}`] : []),
  ].join("; ");
  if (!restored) return lines(`Nothing was changed. ${id} would bring back, as of ${at}: ${what || "nothing"}.`);
  return lines(
    what ? `${environment} is back to ${at}: ${what}.` : `Nothing was missing: every file of ${id} is there already.`,
    ...(present ? [`What was there before is ${present}: pnpm backup:restore ${present}`] : []),
  );
}

export function showPrune({ dryRun, kept, removed, freed }: PruneReport): string {
  const stays = lines(
    table(
      ["stays", "why"],
      kept.map(({ id, why }) => [id, why]),
    ),
  );
  const goes = removed.length ? `${dryRun ? "Would remove" : "Removed"} ${removed.join(", ")}` : "Nothing to remove";
  return `${kept.length ? stays : ""}${goes}${freed === null ? "" : `; ${bytesInWords(freed)} are free again`}.\n`;
}

export function showDrill({ id, restoredSeconds, seconds, services }: DrillReport): string {
  return lines(
    `${id} can be relied upon: equal to what was backed up, and ${services.join(", ")} started on it.`,
    `Recovery took ${secondsInWords(restoredSeconds)} until all data was there, ${secondsInWords(seconds)} until every service had been healthy.`,
  );
}

function inMinutes(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}

function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

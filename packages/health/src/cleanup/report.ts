import type { CleanupReport } from "./cleanup.ts";
import type { Removal, RemovalKind } from "./plan.ts";

const words: Record<RemovalKind, readonly [string, string]> = {
  log: ["log file", "log files"],
  image: ["image", "images"],
  release: ["release", "releases"],
};

/** `3 log files, 1 image, 2 releases (1.2 GiB)`. */
export function sumUp(removals: readonly Pick<Removal, "kind" | "bytes">[]): string {
  const kinds = (Object.keys(words) as RemovalKind[]).flatMap((kind) => {
    const count = removals.filter((one) => one.kind === kind).length;
    return count ? [`${count} ${words[kind][count === 1 ? 0 : 1]}`] : [];
  });
  return `${kinds.join(", ")} (${size(removals.reduce((sum, { bytes }) => sum + bytes, 0))})`;
}

/** What people see: everything one by one in a dry run, else in sum; then what stayed. */
export function showCleanup(report: CleanupReport, dryRun: boolean): string {
  const { environment, removed, kept, failed, skipped, abandoned, historyBytes } = report;
  const verb = dryRun ? "would be removed" : "removed";
  return [
    ...(dryRun ? removed.map(({ kind, name, bytes, because }) => `${kind} ${name}, ${size(bytes)}: ${because}`) : []),
    removed.length ? `${environment}: ${sumUp(removed)} ${verb}` : `${environment}: nothing to remove`,
    ...failed.map(({ kind, name, error }) => `FAILED ${kind} ${name}: ${error}`),
    ...(skipped ? [`Releases and images were left alone: ${skipped}`] : []),
    ...kept.map(({ kind, name, because }) => `kept ${kind} ${name}: ${because}`),
    ...abandoned.map((name) => `Container ${name} was left behind by a run that was cut off: docker rm ${name}`),
    ...(historyBytes ? [`The monitor's history takes ${size(historyBytes)}; the monitor keeps it small`] : []),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function size(bytes: number): string {
  const units = ["KiB", "MiB", "GiB"];
  const power = Math.min(Math.max(Math.floor(Math.log2(bytes || 1) / 10), 1), units.length);
  return `${(bytes / 1_024 ** power).toFixed(1)} ${units[power - 1]}`;
}

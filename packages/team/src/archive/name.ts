import { basename } from "node:path";

/** What the name of an archive says. */
export interface ArchiveName {
  /** `2026-11-22-14-05-09`, UTC. */
  readonly stamp: string;
  readonly encrypted: boolean;
}

const pattern = /^team-export-(?<stamp>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)\.tar\.gz(?<age>\.age)?$/;

/** `2026-11-22-14-05-09`, UTC: in order of time. */
export function stampOf(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll(/[:T]/g, "-");
}

/** The moment of a stamp, to the second. */
export function timeOf(stamp: string): Date {
  const [year, month, day, ...time] = stamp.split("-");
  return new Date(`${year}-${month}-${day}T${time.join(":")}Z`);
}

/** `team-export-2026-11-22-14-05-09.tar.gz`, with `.age` after it when it is encrypted. */
export function archiveName({ stamp, encrypted }: ArchiveName): string {
  return `team-export-${stamp}.tar.gz${encrypted ? ".age" : ""}`;
}

/** The folder that everything of an archive is in. */
export function archiveFolder(stamp: string): string {
  return `export-${stamp}`;
}

/** @returns nothing for a file that is not named like an archive. */
export function parseArchiveName(file: string): ArchiveName | undefined {
  const { stamp, age } = pattern.exec(basename(file))?.groups ?? {};
  return stamp === undefined ? undefined : { stamp, encrypted: age !== undefined };
}

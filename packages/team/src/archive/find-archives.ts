import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@understudy/core";
import { parseArchiveName } from "./name.ts";

/** An archive on this machine's disk. */
export interface FoundArchive {
  readonly file: string;
  readonly stamp: string;
  readonly encrypted: boolean;
  readonly bytes: number;
}

/** The archives in folders, the newest first. */
export function findArchives(folders: readonly string[]): FoundArchive[] {
  const found = folders.filter((folder) => existsSync(folder)).flatMap(archivesIn);
  return found.sort((a, b) => b.stamp.localeCompare(a.stamp));
}

/** The newest one. @throws UserError naming the folders, and what else is in them. */
export function newestArchive(folders: readonly string[]): FoundArchive {
  const [newest] = findArchives(folders);
  if (newest) return newest;
  const looked = folders.map((folder) => `${folder} (${whatIsIn(folder)})`).join(", ");
  throw new UserError(`There is no archive to import. Searched: ${looked}`, {
    next: "Put a colleague's team-export-….tar.gz there or name it: pnpm team:import <file>; or fetch one: pnpm team:pull",
  });
}

function archivesIn(folder: string): FoundArchive[] {
  return readdirSync(folder).flatMap((name) => {
    const parsed = parseArchiveName(name);
    const file = join(folder, name);
    const stats = parsed && statSync(file, { throwIfNoEntry: false });
    return parsed && stats?.isFile() ? [{ file, ...parsed, bytes: stats.size }] : [];
  });
}

function whatIsIn(folder: string): string {
  if (!existsSync(folder)) return "does not exist";
  const names = readdirSync(folder).filter((name) => !name.startsWith("."));
  const more = names.length > 3 ? `, and ${names.length - 3} more` : "";
  return names.length ? `has ${names.slice(0, 3).join(", ")}${more}` : "is empty";
}

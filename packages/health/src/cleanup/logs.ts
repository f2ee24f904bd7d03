import { lstatSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Installation } from "@understudy/core";
import { ifThere } from "./if-there.ts";

export interface LogFile {
  /** Below the installation. */
  readonly path: string;
  readonly bytes: number;
  /** ms since the epoch. */
  readonly modified: number;
}

/** Folders of `logs/` that all environments write to. */
const shared = ["health", "testing", "images"];

/** Log files of an environment and those that all share. Links are not followed; the audit trail is none of them. */
export function logFiles({ root, logsDir }: Installation, environment: string): LogFile[] {
  const folders = new Set([environment, ...shared, `services/${environment}`]);
  return [...folders]
    .map((folder) => join(logsDir, folder))
    .filter((folder) => isFolder(logsDir) && isFolder(dirname(folder)) && isFolder(folder))
    .flatMap((folder) => filesBelow(folder, root));
}

function filesBelow(folder: string, root: string): LogFile[] {
  return (ifThere(() => readdirSync(folder, { withFileTypes: true })) ?? []).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, root);
    const file = entry.isFile() ? ifThere(() => lstatSync(path)) : undefined;
    return file ? [{ path: relative(root, path), bytes: file.blocks * 512, modified: file.mtimeMs }] : [];
  });
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

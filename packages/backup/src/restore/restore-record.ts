import { join } from "node:path";
import { SwapFile } from "@understudy/data";
import type { Target } from "@understudy/environment";

/** Where a restore is. */
export type RestoreRecord = SwapFile;

export function beginRestore(target: Target, backup: string, finish: string): RestoreRecord {
  return SwapFile.begin(fileOf(target), { what: `The restore of ${backup}`, finish });
}

/** The newest one of an environment, or undefined. @throws UserError when it is damaged. */
export function lastRestore(target: Target): RestoreRecord | undefined {
  return SwapFile.last(fileOf(target), "See docs/backup.md, When a restore's record is lost");
}

function fileOf({ installation, environment }: Target): string {
  return join(installation.stateDir, "restores", `${environment.name}.json`);
}

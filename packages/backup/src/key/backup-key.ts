import { join } from "node:path";
import { type Installation, keyInFile } from "@understudy/core";

/**
 * The key that every backup of this installation is encrypted with. Without it no backup can be read, by nobody: keep a copy away
 * from this machine, beside the repository's address (`pnpm backup:key`).
 * @throws UserError when others can read it, nobody can, or it is none.
 */
export function backupKey({ stateDir }: Installation): string {
  return keyInFile(
    join(stateDir, "backup.key"),
    "Put back the copy that you keep: backups that were made with another key stay closed",
  );
}

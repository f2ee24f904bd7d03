import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Installation, isAlive, messageOf, type Settings, UserError } from "@understudy/core";

const workPrefix = ".team-work-";

/** Where archives are written unless told, and looked for. */
export function archivesFolder({ root }: Installation, { teamSync }: Settings): string {
  return join(root, teamSync.folder);
}

/** Where an archive without a name is looked for: the team's folder, and the one that a person stands in. */
export function searchedFolders(installation: Installation, settings: Settings): string[] {
  return [...new Set([archivesFolder(installation, settings), installation.root, resolve(".")])];
}

/**
 * A hidden folder that is this run's own, below the one that an archive goes to; removed at the end. What runs that were killed have
 * left there goes first.
 * @throws UserError when nothing can be written there.
 */
export function workFolder(output: string): { readonly path: string } & Disposable {
  const path = join(output, `${workPrefix}${process.pid}`);
  try {
    mkdirSync(output, { recursive: true });
    for (const name of readdirSync(output)) {
      const pid = name.startsWith(workPrefix) ? Number(name.slice(workPrefix.length)) : undefined;
      if (pid !== undefined && (pid === process.pid || !isAlive(pid))) {
        rmSync(join(output, name), { recursive: true, force: true });
      }
    }
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    throw new UserError(`Nothing can be written in ${output}: ${messageOf(error)}`, {
      next: "Name another folder: --output",
      cause: error,
    });
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

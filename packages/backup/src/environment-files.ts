import { existsSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { parseEnvFile, UserError, writeFileAtomic } from "@understudy/core";
import { caFile, recordFiles, type Target } from "@understudy/environment";

/** Texts by path below the installation's folder. */
export type EnvironmentFiles = Readonly<Record<string, { readonly text: string; readonly mode: number }>>;

/** What an environment's data is of no use without: its secrets (n8n's encryption key is one), its settings, and the record of what was deployed. */
export function readEnvironmentFiles(target: Target): EnvironmentFiles {
  const { installation, environment } = target;
  const ca = caFile(target);
  const own = [installation.settingsFile, installation.envFile(environment.name), ...(ca ? [ca] : [])];
  const files = [...own, ...recordFiles(target)].filter((file) => !relative(installation.root, file).startsWith(".."));
  return Object.fromEntries(
    files
      .filter((file) => existsSync(file))
      .map((file) => [
        relative(installation.root, file),
        { text: readFileSync(file, "utf8"), mode: statSync(file).mode & 0o777 },
      ]),
  );
}

/**
 * Put files of a backup in place where there are none. Settings that are there stay: they led to the backup.
 * @returns the paths of those that were written.
 * @throws UserError when another one is there that differs: it may be of something that runs; nothing is written then.
 */
export function writeEnvironmentFiles({ installation }: Target, files: EnvironmentFiles): string[] {
  const missing = Object.entries(files).filter(([path, { text }]) => {
    const file = join(installation.root, path);
    if (!existsSync(file)) return true;
    if (file === installation.settingsFile || readFileSync(file, "utf8") === text) return false;
    throw new UserError(`${file} is there already, and is not what the backup has`, {
      next: "Move it away, and run the command again",
    });
  });
  for (const [path, { text, mode }] of missing) writeFileAtomic(join(installation.root, path), text, mode);
  return missing.map(([path]) => path);
}

/** The variables of an environment as a backup has them. */
export function variablesIn(files: EnvironmentFiles, environment: string): Record<string, string> {
  const [, file] = Object.entries(files).find(([path]) => path.endsWith(`.env.${environment}`)) ?? [];
  return parseEnvFile(file?.text ?? "");
}

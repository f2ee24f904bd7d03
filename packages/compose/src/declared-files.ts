import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";

interface Declarations {
  readonly configs?: Readonly<Record<string, { readonly file?: string } | null>>;
  readonly secrets?: Readonly<Record<string, { readonly file?: string } | null>>;
}

/**
 * The absolute paths of the files that one compose file, alone, places in containers.
 * @param folder that relative paths are taken from: the folder of the first file of a merge.
 */
export function declaredFiles(composeFile: string, folder: string = dirname(composeFile)): string[] {
  // Its tags are `!reset` and `!override`.
  const { configs, secrets } = (parse(readFileSync(composeFile, "utf8"), { logLevel: "error" }) ?? {}) as Declarations;
  const declared = [...Object.values(configs ?? {}), ...Object.values(secrets ?? {})];
  return declared.flatMap((source) => (source?.file ? [resolve(folder, source.file)] : [])).sort();
}

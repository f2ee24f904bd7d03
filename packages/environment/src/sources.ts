import { readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { declaredFiles } from "@understudy/compose";

/** Text of every file that a stack is made from, by its path below the compose folder. */
export type Sources = Readonly<Record<string, string>>;

/** Where a compose file from outside the compose folder is kept: by its place in the merge. */
const outside = "extra";

/**
 * Read every compose file of a merge, what they place in containers, and the template of the environment file.
 * @param files in merge order; the first one's folder is the compose folder.
 */
export function readSources(files: readonly string[]): Sources {
  const folder = dirname(files[0] ?? "");
  const text = (file: string) => readFileSync(file, "utf8");
  return Object.fromEntries([
    ...files.map((file, index) => [keptPath(folder, file, index), text(file)]),
    ...files.flatMap((file) => declaredFiles(file, folder)).map((file) => [relative(folder, file), text(file)]),
    ["env.template", text(join(folder, "env.template"))],
  ]);
}

/** Where each compose file of a merge is kept, in the same order. */
export function keptPaths(files: readonly string[]): string[] {
  const folder = dirname(files[0] ?? "");
  return files.map((file, index) => keptPath(folder, file, index));
}

/** Beside the base file, what is the same wherever an environment has it. */
const sharedOverlays = ["docker-compose.queue.yml"];

/** The part of them that environments share: the base compose file, n8n's queue mode, and what these place in containers. */
export function sharedSources(files: readonly string[], sources: Sources): Sources {
  const [base = ""] = files;
  const folder = dirname(base);
  const same = files.filter((file) => file === base || sharedOverlays.includes(relative(folder, file)));
  const shared = same.flatMap((file) => [file, ...declaredFiles(file, folder)]).map((file) => relative(folder, file));
  return Object.fromEntries(shared.map((path) => [path, sources[path] ?? ""]));
}

function keptPath(folder: string, file: string, index: number): string {
  const path = relative(folder, file);
  return path.startsWith("..") || isAbsolute(path) ? join(outside, `${index}-${basename(file)}`) : path;
}

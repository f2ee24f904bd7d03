import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { type Installation, sha256, writeFileAtomic } from "@understudy/core";
import type { Recorded } from "@understudy/environment";
import { tagPattern } from "./tag-name.ts";

/** The tag's message, written last: a folder without it is what a killed run left. */
const messageFile = "message.txt";

/** Where a point's files are: `release.json`, `checkpoint.json` and, below `deployed/`, the environment's record. */
export function pointFolder({ stateDir }: Installation, tag: string): string {
  return join(stateDir, "points", tag);
}

/**
 * Keep what it takes to deploy a recorded environment again, as it is now.
 * @param checkpoint Pulumi's export of its state, as JSON
 * @returns SHA-256 by path in the point's folder
 */
export function keepFiles(folder: string, { release, target }: Recorded, checkpoint: string): Record<string, string> {
  const record = target.installation.composeDir;
  const files: [path: string, text: string][] = [
    ["release.json", `${JSON.stringify(release, null, 2)}\n`],
    ["checkpoint.json", checkpoint],
    ...filesBelow(record).map((path): [string, string] => [
      join("deployed", path),
      readFileSync(join(record, path), "utf8"),
    ]),
  ];
  for (const [path, text] of files) writeFileAtomic(join(folder, path), text);
  return Object.fromEntries(files.map(([path, text]) => [path, sha256(text)]));
}

/** From here on the point is whole, and its tag can be made again. */
export function keepMessage(folder: string, message: string): void {
  writeFileAtomic(join(folder, messageFile), message);
}

/** Undo `keepFiles`. */
export function dropKept(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** The messages of every point that is kept whole, by tag. */
export function keptMessages({ stateDir }: Installation): Map<string, string> {
  const points = join(stateDir, "points");
  const tags = existsSync(points) ? readdirSync(points).filter((name) => tagPattern.test(name)) : [];
  const files = tags.map((tag) => [tag, join(points, tag, messageFile)] as const);
  return new Map(files.filter(([, file]) => existsSync(file)).map(([tag, file]) => [tag, readFileSync(file, "utf8")]));
}

/** The command that makes a point's tag anew. */
export function tagAgain(folder: string, tag: string, commit: string): string {
  return `git tag -a --no-sign --cleanup=verbatim -F ${join(folder, messageFile)} ${tag} ${commit}`;
}

/** Those of a point's files that are gone, or not as they were kept. */
export function damagedFiles(folder: string, files: Readonly<Record<string, string>>): string[] {
  return Object.entries(files).flatMap(([path, sha]) => {
    const file = join(folder, path);
    return existsSync(file) && sha256(readFileSync(file)) === sha ? [] : [path];
  });
}

/** SHA-256 by path of every file of an environment's record, as a point would keep it now. */
export function recordHashes({ target }: Recorded): Record<string, string> {
  const record = target.installation.composeDir;
  return Object.fromEntries(
    filesBelow(record).map((path) => [join("deployed", path), sha256(readFileSync(join(record, path)))]),
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

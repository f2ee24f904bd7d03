import { UserError } from "@understudy/core";
import { type FileEntry, findSqlite, folders, hashFiles, listFiles, type VolumeBox } from "@understudy/data";
import type { FileRule } from "../policy/policy.ts";
import { ownFilesOf } from "./own-files.ts";
import { type Place, sendFiles, takeOver } from "./send-files.ts";
import { isUnchanged, planVolume, undecided, type VolumePlan } from "./volume-plan.ts";

/** The containers of a copy, with `folders`: production's box has the volume at `source`, staging's has `live` and, empty, `incoming`. */
export interface VolumeSides {
  readonly production: VolumeBox;
  readonly staging: VolumeBox;
}

export interface VolumeCopyOptions {
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** What a copy of a volume did. */
export interface VolumeReport {
  readonly volume: string;
  /** Files and links. `own`: what staging keeps of its own. */
  readonly files: { readonly sent: number; readonly unchanged: number; readonly own: number; readonly gone: number };
  /** Bytes of the stream that was sent. */
  readonly bytes: number;
}

/** A file that changes again and again is tried so often. */
const rounds = 3;

/** Look at production's volume and decide what happens to each file. Nothing is written anywhere. @throws UserError */
export async function readVolumePlan(
  production: VolumeBox,
  volume: string,
  rules: readonly FileRule[],
): Promise<VolumePlan> {
  const entries = await listFiles(production, folders.source);
  const own = ownFilesOf(volume);
  const first = planVolume(volume, entries, rules, new Set(), own);
  const sqlite = await findSqlite(
    production,
    folders.source,
    pathsOf(first.kept.filter(({ type }) => type === "file")),
  );
  return planVolume(volume, entries, rules, sqlite, own);
}

/**
 * Copy what a plan keeps into `incoming`: what staging has already comes from its live volume, the rest is sent; then what is
 * staging's own. What was sent is proven by SHA-256 on both sides; files that changed meanwhile are sent again.
 * @throws UserError when a side fails, or a file does not stand still.
 */
export async function copyVolume(
  sides: VolumeSides,
  plan: VolumePlan,
  options: VolumeCopyOptions = {},
): Promise<VolumeReport> {
  const { production, staging } = sides;
  const live = new Map((await listFiles(staging, folders.live)).map((entry) => [entry.path, entry]));
  const same = await sameContent(sides, pathsOf(undecided(plan, live)));
  const [unchanged, changed] = [true, false].map((is) =>
    plan.kept.filter((entry) => isUnchanged(entry, live.get(entry.path), same) === is),
  ) as [FileEntry[], FileEntry[]];
  const own = [...live.values()].filter(({ path, type }) => type !== "directory" && ownFilesOf(plan.volume)(path));
  await takeOver(staging, folders.live, folders.incoming, pathsOf([...unchanged, ...own]));
  await setTimes(
    staging,
    unchanged.filter(({ path }) => same.has(path)),
  );
  const [source, incoming]: [Place, Place] = [
    { box: production, folder: folders.source },
    { box: staging, folder: folders.incoming },
  ];
  let bytes = 0;
  const onBytes = (more: number) => {
    bytes += more;
    options.onProgress?.(bytes);
  };
  let waiting = changed;
  let gone = 0;
  for (let round = 1; waiting.length || round === 1; round++) {
    // Folders too, for their owner, mode and time; the first time all of them.
    const paths = pathsOf([...(round === 1 ? plan.folders : []), ...waiting]);
    await sendFiles(source, incoming, paths, onBytes, options.signal);
    const { different, missing } = await compare(sides, waiting);
    gone += missing;
    waiting = different;
    if (waiting.length && round === rounds) throw restless(plan.volume, waiting);
  }
  return {
    volume: plan.volume,
    files: { sent: changed.length - gone, unchanged: unchanged.length, own: own.length, gone },
    bytes,
  };
}

async function sameContent({ production, staging }: VolumeSides, paths: readonly string[]): Promise<Set<string>> {
  const [there, here] = await Promise.all([
    hashFiles(production, folders.source, paths),
    hashFiles(staging, folders.live, paths),
  ]);
  return new Set(paths.filter((path) => there.has(path) && there.get(path) === here.get(path)));
}

/** Which of the entries that were sent are not the same on both sides, and how many are gone from production meanwhile. */
async function compare({ production, staging }: VolumeSides, sent: readonly FileEntry[]) {
  const [there, here] = await Promise.all([
    digests(production, folders.source, sent),
    digests(staging, folders.incoming, sent),
  ]);
  const missing = sent.filter(({ path }) => !there.has(path));
  const leftOver = missing.filter(({ path }) => here.has(path));
  if (leftOver.length) await staging.run(`cd "$1"; xargs -0 rm -f --`, [folders.incoming], joinPaths(leftOver));
  const different = sent.filter(({ path }) => there.has(path) && there.get(path) !== here.get(path));
  return { different, missing: missing.length };
}

/** A hash of each file, the target of each link. */
async function digests(box: VolumeBox, folder: string, entries: readonly FileEntry[]): Promise<Map<string, string>> {
  const links = new Set(pathsOf(entries.filter(({ type }) => type === "link")));
  const hashes = await hashFiles(box, folder, pathsOf(entries.filter(({ type }) => type === "file")));
  if (!links.size) return hashes;
  const targets = (await listFiles(box, folder)).filter(({ path }) => links.has(path));
  return new Map([...hashes, ...targets.map(({ path, target }) => [path, target] as const)]);
}

/** Of files that were taken over for their content: the time that they have in production, so that it decides the next time. */
async function setTimes(staging: VolumeBox, files: readonly FileEntry[]): Promise<void> {
  const pairs = files.flatMap(({ modified, path }) => [modified, path]);
  const script = `cd "$1"; while IFS= read -r -d '' time && IFS= read -r -d '' path; do touch -h -d "@$time" -- "$path"; done`;
  await staging.run(script, [folders.incoming], pairs.map((part) => `${part}\0`).join(""));
}

function restless(volume: string, files: readonly FileEntry[]): UserError {
  const names = pathsOf(files).slice(0, 5).join(", ");
  return new UserError(`${volume}: ${names} changed each of ${rounds} times while being copied`, {
    next: "Exclude it in sanitize.yml, or run the copy when the service is at rest",
  });
}

function pathsOf(entries: readonly FileEntry[]): string[] {
  return entries.map(({ path }) => path);
}

function joinPaths(entries: readonly FileEntry[]): string {
  return pathsOf(entries)
    .map((path) => `${path}\0`)
    .join("");
}

import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { type Installation, UserError } from "@understudy/core";
import { type Release, rollbackPoints } from "@understudy/environment";
import { ifThere } from "./if-there.ts";

/** A release as it is recorded below `.understudy/releases`. */
export interface ReleaseRecord {
  readonly id: string;
  readonly bytes: number;
  readonly images: readonly { readonly id: string; readonly reference: string }[];
}

export interface ReleaseInventory {
  readonly releases: readonly ReleaseRecord[];
  /** By environment: what was deployed to it, the newest first. */
  readonly history: ReadonlyMap<string, readonly string[]>;
  /** By release: what cannot do without it. */
  readonly needed: ReadonlyMap<string, string>;
  /** Environments on the same host as the one to clean up. */
  readonly here: ReadonlySet<string>;
}

/** Look at the installation's releases. @throws UserError when it cannot be told what is needed. */
export async function takeReleaseInventory(installation: Installation): Promise<Omit<ReleaseInventory, "here">> {
  const { stateDir } = installation;
  const backups = join(stateDir, "backups");
  const needed = new Map<string, string>();
  for (const { tag, text } of await rollbackPoints(installation))
    for (const id of releasesIn(text)) needed.set(id, `rollback point ${tag} needs it`);
  for (const { path, text } of jsonFilesBelow(backups))
    for (const id of releasesIn(text)) needed.set(id, `backup ${relative(backups, path)} needs it`);
  for (const folder of ["deployed", "facts"])
    for (const { text } of jsonFilesBelow(join(stateDir, folder)))
      for (const id of releasesIn(text)) needed.set(id, "it is deployed, or was before the deployed one");
  const releases = readReleases(stateDir);
  return { releases, history: readHistory(stateDir, new Set(releases.map(({ id }) => id))), needed };
}

/** Whatever mentions a release needs it, wherever in the text: not one too many is removed. */
function releasesIn(text: string): string[] {
  return text.match(/\br-[0-9a-f]{12}\b/g) ?? [];
}

function readReleases(stateDir: string): ReleaseRecord[] {
  const folder = join(stateDir, "releases");
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() && /^r-[0-9a-f]{12}$/.test(entry.name))
    .map(({ name }) => {
      const file = join(folder, name, "release.json");
      const text = ifThere(() => readFileSync(file, "utf8"));
      const bytes = ifThere(() => lstatSync(file).blocks * 512) ?? 0;
      // Without the file, a removal was cut off: its images are gone already.
      return { id: name, bytes, images: text === undefined ? [] : imagesOf(text, file) };
    });
}

function imagesOf(text: string, file: string): ReleaseRecord["images"] {
  try {
    const { images } = JSON.parse(text) as Release;
    return Object.values(images).map(({ id, reference }) => ({ id, reference }));
  } catch (error) {
    throw new UserError(`${file} is damaged, so which images are needed is not known`, {
      next: "Restore it from a backup, or delete it",
      cause: error,
    });
  }
}

/** From the journals, which name the release of every deploy. Those of deploys that failed were never recorded. */
function readHistory(stateDir: string, recorded: ReadonlySet<string>): Map<string, string[]> {
  const folder = join(stateDir, "journal");
  return new Map(
    entriesOf(folder)
      .filter((entry) => entry.isFile() && entry.name.endsWith(".jsonl"))
      .map(({ name }) => {
        const text = ifThere(() => readFileSync(join(folder, name), "utf8")) ?? "";
        return [basename(name, ".jsonl"), [...new Set(releasesIn(text).reverse())].filter((id) => recorded.has(id))];
      }),
  );
}

function jsonFilesBelow(folder: string): { path: string; text: string }[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return jsonFilesBelow(path);
    if (!entry.isFile() || !entry.name.endsWith(".json")) return [];
    const text = ifThere(() => readFileSync(path, "utf8"));
    return text === undefined ? [] : [{ path, text }];
  });
}

function entriesOf(folder: string) {
  return ifThere(() => readdirSync(folder, { withFileTypes: true })) ?? [];
}

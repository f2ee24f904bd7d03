import { UserError } from "@understudy/core";
import { artifacts, fileNames, provenTag, tagsOf } from "./artifacts.ts";
import { type Manifest, manifestSchema } from "./manifest/manifest.ts";
import type { Repository, Snapshot } from "./repository/repository.ts";

/** A backup that is whole, as the repository has it. */
export interface Backup {
  readonly id: string;
  readonly at: Date;
  /** Of restic, of everything that belongs to it. */
  readonly snapshots: readonly Snapshot[];
  readonly manifest: string;
  /** Of the newest test: whether all of it could be restored, and worked; undefined: it was never tried. */
  readonly verified: boolean | undefined;
  /** As they were read, before deduplication. */
  readonly bytes: number;
}

/** What a repository holds. */
export interface Holdings {
  /** The newest first. */
  readonly backups: readonly Backup[];
  /** Of backups that did not end: nobody can use them. */
  readonly leftovers: readonly Snapshot[];
}

/** Look at all of a repository. */
export async function readHoldings(repository: Repository): Promise<Holdings> {
  return holdingsOf(await repository.list());
}

/** Sort snapshots, the oldest first, into backups. */
export function holdingsOf(snapshots: readonly Snapshot[]): Holdings {
  const groups = Map.groupBy(snapshots, ({ tags }) => tags.find((tag) => tag.startsWith("backup-")));
  const backups: Backup[] = [];
  const leftovers: Snapshot[] = [];
  for (const [id, all] of groups) {
    const manifest = id && all.find(isArtifact(id, artifacts.manifest));
    // What is not ours stays: a repository may be shared.
    if (!id) continue;
    if (!manifest) leftovers.push(...all);
    else {
      backups.push({
        id,
        at: manifest.time,
        snapshots: all,
        manifest: manifest.id,
        verified: all.findLast(isArtifact(id, artifacts.proof))?.tags.includes(provenTag),
        bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      });
    }
  }
  return { backups: backups.sort((a, b) => b.id.localeCompare(a.id)), leftovers };
}

/** Find a backup by its id, or the newest one. @throws UserError naming those that are there. */
export function findBackup({ backups }: Holdings, id: string | undefined): Backup {
  const found = id === undefined ? backups[0] : backups.find((backup) => backup.id === id);
  if (!found) throw noBackup(id, backups);
  return found;
}

/** What to say when a backup, or the newest one, is not among those that are there, the newest first. */
export function noBackup(id: string | undefined, backups: readonly Pick<Backup, "id">[]): UserError {
  const known = backups.slice(0, 5).map((backup) => backup.id);
  const next = known.length
    ? `The newest are: ${known.join(", ")}; pnpm backup:list shows all`
    : "Take one: pnpm backup";
  if (id === undefined) return new UserError("There is no backup yet", { next });
  return new UserError(`There is no backup "${id}"`, { next, exitCode: 2 });
}

/** @throws UserError when it is of another version, or damaged. */
export async function readManifest(repository: Repository, { id, manifest }: Backup): Promise<Manifest> {
  const parsed = manifestSchema.safeParse(JSON.parse(await repository.readText(manifest, fileNames.manifest)));
  if (parsed.success) return parsed.data;
  throw new UserError(`What the backup ${id} consists of cannot be read: ${parsed.error.issues[0]?.message}`, {
    next: "It was made by another version of this tool: restore it with that one",
    cause: parsed.error,
  });
}

function isArtifact(id: string, artifact: string) {
  const wanted = tagsOf(id, artifact);
  return ({ tags }: Snapshot) => wanted.every((tag) => tags.includes(tag));
}

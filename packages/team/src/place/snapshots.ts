import type { Repository } from "@understudy/backup";
import { archiveFolder } from "../archive/name.ts";

/** Something in a repository, as far as it matters here. */
export type Stored = Awaited<ReturnType<Repository["list"]>>[number];

/** A snapshot of a teammate's in the shared place. */
export interface SharedSnapshot {
  readonly stamp: string;
  /** `ann@desk` */
  readonly by: string;
  /** Restic's ids of the archive's tar, and of its metadata. */
  readonly archive: string;
  readonly metadata: string;
  /** Of the tar. */
  readonly bytes: number;
}

const kinds = { archive: "artifact=archive", metadata: "artifact=metadata" } as const;
const marks = { stamp: "team-export-", by: "by=" } as const;

/** Tags of a part of a snapshot. */
export function tagsOf(kind: keyof typeof kinds, stamp: string, by: string): string[] {
  return [`${marks.stamp}${stamp}`, kinds[kind], `${marks.by}${by.replaceAll(",", "_")}`];
}

/** Names of the files that they are stored as. The tar's is the same each time: restic then finds what is alike. */
export const storedNames = { archive: "export.tar", metadata: "export-metadata.json" } as const;

/** Sort what a place holds into snapshots, the newest first, and parts of those that were cut off. Pure. */
export function sharedSnapshots(stored: readonly Stored[]): {
  readonly snapshots: SharedSnapshot[];
  readonly leftovers: readonly Stored[];
} {
  const groups = Map.groupBy(stored, ({ tags }) => valueIn(tags, marks.stamp));
  const snapshots: SharedSnapshot[] = [];
  const leftovers: Stored[] = [];
  for (const [stamp, parts] of groups) {
    // What is not ours stays: a place may be shared.
    if (stamp === undefined) continue;
    const [archive, metadata] = [kinds.archive, kinds.metadata].map((kind) =>
      parts.find(({ tags }) => tags.includes(kind)),
    );
    if (!archive || !metadata) leftovers.push(...parts);
    else {
      const by = valueIn(metadata.tags, marks.by) ?? "unknown";
      snapshots.push({ stamp, by, archive: archive.id, metadata: metadata.id, bytes: archive.bytes });
    }
  }
  return { snapshots: snapshots.sort((a, b) => b.stamp.localeCompare(a.stamp)), leftovers };
}

/** The one that is meant: by its stamp, or the newest of somebody else's. Pure. */
export function chooseSnapshot(
  snapshots: readonly SharedSnapshot[],
  wanted: string | undefined,
  me: string,
): SharedSnapshot | undefined {
  if (wanted === undefined) return snapshots.find(({ by }) => by !== me);
  return snapshots.find(({ stamp }) => stamp === wanted || archiveFolder(stamp) === wanted);
}

function valueIn(tags: readonly string[], mark: string): string | undefined {
  return tags.find((tag) => tag.startsWith(mark))?.slice(mark.length);
}

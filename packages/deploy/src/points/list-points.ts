import type { Target } from "@understudy/environment";
import { recordedDeployment } from "@understudy/environment";
import { checkingKey } from "../receipt/key.ts";
import { differences, type Runs, runsNow } from "./differences.ts";
import { damagedFiles, keptMessages, pointFolder, tagAgain } from "./kept.ts";
import type { Manifest } from "./manifest.ts";
import { type Point, readPoints } from "./point.ts";
import { rollbackTags } from "./tags.ts";

/** What the environment's host and its backup repository still hold. */
export interface Holdings {
  /** By id. `bytes`: what it takes to restore. */
  readonly backups: ReadonlyMap<string, { readonly verified: boolean; readonly bytes: number }>;
  /** Ids of the images on the host. */
  readonly images: ReadonlySet<string>;
}

/** One line of `rollback --list`; documented in docs/cli-json.md. */
export interface ListedPoint {
  readonly tag: string;
  /** When it was made, ISO 8601; null when nothing tells. */
  readonly time: string | null;
  readonly commit: string;
  /** Id of the backup made with it, also when that is gone. */
  readonly backup: string | null;
  /** Whether that backup is there and was proven by a restore. */
  readonly verified: boolean;
  /** Bytes of that backup; null when there is none. */
  readonly size: number | null;
  /** What going back would change, in words. */
  readonly differs: readonly string[];
  /** Why it cannot be gone back to. */
  readonly problem?: string;
  /** Why its code can be gone back to, but not its data. */
  readonly dataProblem?: string;
  /** What to do about the problem, where something can be done. */
  readonly next?: string;
}

/** What has no time comes last. */
const beginning = new Date(0).toISOString();

/** The rollback points of an environment, the newest first, and every tag of such a name that is none. Changes nothing. */
export async function listPoints(target: Target, holdings: Holdings): Promise<ListedPoint[]> {
  const { installation, environment } = target;
  const points = readPoints(
    await rollbackTags(installation.root),
    keptMessages(installation),
    checkingKey(installation),
  );
  const recorded = recordedDeployment(target);
  const now = recorded && runsNow(recorded);
  return points
    .filter(({ manifest }) => !manifest || manifest.environment === environment.name)
    .map((point) => listed(target, point, holdings, now))
    .sort((a, b) => Date.parse(b.time ?? beginning) - Date.parse(a.time ?? beginning));
}

function listed(target: Target, point: Point, holdings: Holdings, now: Runs | undefined): ListedPoint {
  const { tag, time, commit, manifest, deleted } = point;
  const folder = pointFolder(target.installation, tag);
  const problem = point.problem ?? (manifest && lost(folder, manifest, holdings));
  const dataProblem = manifest && lostData(manifest, holdings);
  const backup = holdings.backups.get(manifest?.backup?.id ?? "");
  return {
    tag,
    time,
    commit: manifest?.commit ?? commit,
    backup: manifest?.backup?.id ?? null,
    verified: backup?.verified ?? false,
    size: backup?.bytes ?? null,
    differs: manifest ? differences(manifest, now) : [],
    ...(problem && { problem }),
    ...(dataProblem && { dataProblem }),
    ...(manifest && deleted && { next: tagAgain(folder, tag, commit) }),
  };
}

/** What a point needs for its code, and no longer has. */
function lost(folder: string, { images, files }: Manifest, holdings: Holdings): string | undefined {
  const damaged = damagedFiles(folder, files);
  if (damaged.length) return `what was kept of it (${folder}) is gone or was altered: ${damaged.join(", ")}`;
  const gone = Object.entries(images).flatMap(([service, { id }]) => (holdings.images.has(id) ? [] : [service]));
  return gone.length ? `its images are gone: ${gone.join(", ")}` : undefined;
}

function lostData({ backup }: Manifest, { backups }: Holdings): string | undefined {
  if (!backup) return "it was made without a backup";
  return backups.has(backup.id) ? undefined : `its backup ${backup.id} is gone`;
}

import type { HostInventory } from "./host.ts";
import type { ImageVerdict } from "./judge-images.ts";
import { judgeImages } from "./judge-images.ts";
import type { LogFile } from "./logs.ts";
import type { ReleaseInventory, ReleaseRecord } from "./releases.ts";

/** Everything that a clean-up of one environment is decided from. */
export interface Inventory {
  readonly environment: string;
  /** ms since the epoch. */
  readonly now: number;
  readonly retention: { readonly logsDays: number; readonly releases: number };
  /** Log files of this environment and those that all share. */
  readonly logs: readonly LogFile[];
  /** Or why releases and images must be left alone this time. */
  readonly stack: (ReleaseInventory & HostInventory) | { readonly problem: string };
}

export type RemovalKind = "log" | "image" | "release";

/** One thing to remove. */
export interface Removal {
  readonly kind: RemovalKind;
  /** Path below the installation; name and tag, or id, of an image; id of a release. */
  readonly name: string;
  /** Of an image: what no other image shares. */
  readonly bytes: number;
  readonly because: string;
  /** Of an image: its id and its names; of a release: the ids of its images. */
  readonly images?: readonly string[];
  readonly tags?: readonly string[];
}

/** Something old that stays, and why. */
export interface Kept {
  readonly kind: RemovalKind;
  readonly name: string;
  readonly because: string;
}

export interface CleanupPlan {
  /** In the order in which to remove them: the record of a release goes after its images, for it is what names them. */
  readonly removals: readonly Removal[];
  readonly kept: readonly Kept[];
}

const day = 86_400_000;

/** What a clean-up removes and what it keeps in spite of its age. Pure. */
export function planCleanup(inventory: Inventory): CleanupPlan {
  const { logs, now, retention, stack } = inventory;
  const old = logs
    .filter(({ modified }) => modified < now - retention.logsDays * day)
    .map(({ path, bytes }): Removal => {
      return { kind: "log", name: path, bytes, because: `older than ${retention.logsDays} days` };
    });
  if ("problem" in stack) return { removals: old, kept: [] };
  const unused = stack.releases.filter((release) => isUnused(release, inventory, stack));
  const needed = unused.filter(({ id }) => stack.needed.has(id));
  const expired = unused.filter((release) => !needed.includes(release));
  const verdicts = judgeImages(stack, new Set(expired.map(({ id }) => id)), now);
  const releases = expired.map((release) => judgeRelease(release, stack, verdicts));
  return {
    removals: [
      ...old,
      ...verdicts.flatMap(({ removal }) => removal ?? []),
      ...releases.flatMap(({ removal }) => removal ?? []),
    ],
    kept: [
      ...needed.map(({ id }): Kept => ({ kind: "release", name: id, because: stack.needed.get(id) ?? "" })),
      ...verdicts.flatMap(({ kept }) => kept ?? []),
      ...releases.flatMap(({ kept }) => kept ?? []),
    ],
  };
}

/** Deployed to this environment once, and among the newest of none. */
function isUnused(
  { id }: ReleaseRecord,
  { environment, retention }: Inventory,
  { history }: ReleaseInventory,
): boolean {
  if (!history.get(environment)?.includes(id)) return false;
  return [...history.values()].every((used) => !used.slice(0, retention.releases).includes(id));
}

/** Its record stays while it is the only one to name an image that is still there. */
function judgeRelease(
  { id, bytes, images }: ReleaseRecord,
  { history, here }: ReleaseInventory,
  verdicts: readonly ImageVerdict[],
): { removal?: Removal; kept?: Kept } {
  const keep = (because: string) => ({ kept: { kind: "release", name: id, because } as const });
  const elsewhere = [...history].find(([environment, used]) => used.includes(id) && !here.has(environment));
  if (elsewhere) return keep(`its images may be on the host of ${elsewhere[0]} too`);
  const left = verdicts.find(({ image, kept }) => kept && !image.recipe && images.some((own) => own.id === image.id));
  if (left) return keep(`its image ${left.kept?.name} stays`);
  const removal = { kind: "release", name: id, bytes, because: "no longer kept by any environment" } as const;
  return { removal: { ...removal, images: images.map((image) => image.id) } };
}

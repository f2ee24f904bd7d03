import type { ResolvedImages } from "../images/resolve.ts";
import { hash } from "../live/fingerprint.ts";

/** What a stack runs. `id` is a hash of everything that environments share; secret values are not part of it. */
export interface Release {
  readonly id: string;
  /** Git commit of the installation, with `-dirty` when there were uncommitted changes; undefined outside git. */
  readonly commit: string | undefined;
  readonly images: ResolvedImages;
  /** Text of every file that environments share, by its path below the compose folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** Name a release by its content: same files and images, same id. The commit is told, not hashed. */
export function createRelease(release: Omit<Release, "id">): Release {
  const images = Object.fromEntries(
    Object.entries(release.images).map(([service, { identity }]) => [service, identity]),
  );
  return { id: `r-${hash({ images, files: release.files }).slice(0, 12)}`, ...release };
}

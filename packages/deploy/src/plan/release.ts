import type { Release } from "@understudy/environment";
import { hash } from "../live/fingerprint.ts";

/** Name a release by its content: same files and images, same id. The commit is told, not hashed. */
export function createRelease(release: Omit<Release, "id">): Release {
  const images = Object.fromEntries(
    Object.entries(release.images).map(([service, { identity }]) => [service, identity]),
  );
  return { id: `r-${hash({ images, files: release.files }).slice(0, 12)}`, ...release };
}

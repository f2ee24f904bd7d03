import { releaseHistory, type Target } from "@understudy/deploy";
import type { Releases } from "../contract/releases.ts";

/** A page of what an environment ran. @param before ISO 8601: `at` of the last one of the page before */
export function releasesPage(target: Target, limit: number, before?: string): Releases {
  const { environment, releases } = releaseHistory(target, limit + 1, before);
  return { environment, releases: releases.slice(0, limit), more: releases.length > limit };
}

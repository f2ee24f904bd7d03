import { join } from "node:path";
import { type Recorded, readRecord, type Target } from "@understudy/environment";
import { pointFolder } from "./kept.ts";

/** What an environment ran at a rollback point, from the files that were kept with it. */
export function recordedAt(target: Target, tag: string): Recorded {
  const folder = pointFolder(target.installation, tag);
  return readRecord(target, join(folder, "deployed"), join(folder, "release.json"));
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Installation, readFact, UserError, writeFact, writeFileAtomic } from "@understudy/core";
import type { Release } from "./release.ts";

/** Keep a release whole, so that it can be deployed again when the working tree has moved on, and note that it is deployed. */
export function recordRelease(installation: Installation, environment: string, release: Release): void {
  const folder = releaseFolder(installation, release.id);
  for (const [file, text] of Object.entries(release.files)) writeFileAtomic(join(folder, "compose", file), text, 0o644);
  writeFileAtomic(join(folder, "release.json"), `${JSON.stringify(release, null, 2)}\n`, 0o644);
  writeFact(installation, environment, "release", { id: release.id, at: new Date().toISOString() });
}

/** The release that an environment runs, if one was ever deployed. @throws UserError when its record is lost. */
export function recordedRelease(installation: Installation, environment: string): Release | undefined {
  const fact = readFact<{ id: string }>(installation, environment, "release");
  if (!fact) return undefined;
  const file = join(releaseFolder(installation, fact.id), "release.json");
  if (!existsSync(file)) {
    throw new UserError(`The record of release ${fact.id} is lost (${file})`, {
      next: "Restore .understudy/releases from a backup",
    });
  }
  return JSON.parse(readFileSync(file, "utf8")) as Release;
}

/** The compose files of a recorded release, laid out as they were. */
export function recordedComposeDir(installation: Installation, release: Release): string {
  return join(releaseFolder(installation, release.id), "compose");
}

function releaseFolder(installation: Installation, id: string): string {
  return join(installation.stateDir, "releases", id);
}

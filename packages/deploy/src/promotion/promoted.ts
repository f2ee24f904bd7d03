import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { declaredFiles } from "@understudy/compose";
import { writeFileAtomic } from "@understudy/core";
import {
  managedPostgresFile,
  type Recorded,
  type Release,
  recordedDeployment,
  resolveProfile,
  type Target,
} from "@understudy/environment";
import { lastMigration } from "../workflows.ts";

/** What belongs to an environment, not to what environments share. */
const ownFiles = ["env.template", "docker-compose.laptop.yml", "docker-compose.queue.yml", managedPostgresFile];

/**
 * What production is to run: a release that staging proved, with the very files that both share, under production's own settings, values
 * and overlays. It reads from a folder of the release, which nobody changes meanwhile.
 */
export function promotedTo(production: Target, release: Release): Recorded {
  const { installation, environment } = production;
  const folder = join(installation.stateDir, "releases", release.id, "compose");
  for (const [path, text] of Object.entries({ ...own(installation.composeDir), ...release.files })) {
    writeFileAtomic(join(folder, path), text, 0o644);
  }
  const profile = recordedDeployment(production)?.profile ?? resolveProfile(environment, undefined);
  return {
    ...{ release, target: { ...production, installation: { ...installation, composeDir: folder } }, profile },
    // Those that staging proved: a gate sees to it that the working tree has no others.
    lastMigration: lastMigration(installation),
  };
}

function own(folder: string): Record<string, string> {
  const files = ownFiles.map((name) => join(folder, name)).filter((file) => existsSync(file));
  const placed = files.filter((file) => file.endsWith(".yml")).flatMap((file) => declaredFiles(file, folder));
  return Object.fromEntries([...files, ...placed].map((file) => [relative(folder, file), readFileSync(file, "utf8")]));
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "@understudy/environment";

/** Where a checkout keeps the manifest of a backup: clean-up spares the release that it names. */
export function manifestFile({ installation, environment }: Target, id: string): string {
  return join(installation.stateDir, "backups", environment.name, `${id}.json`);
}

/** The backup is gone. */
export function dropManifest(target: Target, id: string): void {
  rmSync(manifestFile(target, id), { force: true });
}

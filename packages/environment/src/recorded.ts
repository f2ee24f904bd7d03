import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { factFile, type Installation, readFact, UserError, writeFact, writeFileAtomic } from "@understudy/core";
import type { ProfileChoice } from "./profile.ts";
import type { Release } from "./release.ts";
import { keptPaths } from "./sources.ts";
import type { DesiredStack, Target } from "./target.ts";
import { type Whereabouts, whereaboutsOf } from "./whereabouts.ts";

/** What an environment runs: the release, and how the environment itself was laid over it. */
interface Deployed {
  readonly release: string;
  readonly profile: "laptop" | "server";
  /** Its compose files in merge order, by their path in the record. */
  readonly composeFiles: readonly string[];
  /** Name of the last workflow migration that belongs to it; absent where there was none. */
  readonly lastMigration?: string | undefined;
  /** Absent in a record of an earlier version. */
  readonly place?: Whereabouts;
}

/** A recorded environment: its target reads from the record instead of the working tree. */
export interface Recorded {
  readonly release: Release;
  readonly target: Target;
  readonly profile: ProfileChoice;
  /** Name of the last workflow migration that belongs to it. */
  readonly lastMigration: string | undefined;
}

/** Keep a release and everything that an environment made of it, so that it can be deployed again as it was. */
export function recordDeployed(desired: DesiredStack, release: Release, lastMigration?: string): void {
  const { installation, environment, profile, files, sources } = desired;
  writeFileAtomic(releaseFile(installation, release.id), `${JSON.stringify(release, null, 2)}\n`, 0o644);
  const deployed: Deployed = {
    ...{ release: release.id, profile: profile.profile },
    ...{ composeFiles: keptPaths(files), lastMigration, place: whereaboutsOf(environment) },
  };
  const folder = deployedFolder(installation, environment.name);
  const next = `${folder}.next`;
  rmSync(next, { recursive: true, force: true });
  for (const [file, text] of Object.entries(sources)) writeFileAtomic(join(next, file), text, 0o644);
  writeFileAtomic(join(next, "deployed.json"), `${JSON.stringify(deployed, null, 2)}\n`, 0o644);
  rmSync(`${folder}.last`, { recursive: true, force: true });
  if (existsSync(folder)) renameSync(folder, `${folder}.last`);
  renameSync(next, folder);
  writeFact(installation, environment.name, "release", { id: release.id, at: new Date().toISOString() });
}

/** What was recorded of an environment, if it was ever deployed from here. @throws UserError when a part of it is lost. */
export function recordedDeployment(target: Target): Recorded | undefined {
  const { installation, environment } = target;
  if (!readFact(installation, environment.name, "release")) return undefined;
  const folder = recordFolder(target);
  if (!folder) throw lost(deployedFolder(installation, environment.name));
  return readRecord(target, folder, releaseFile(installation, deployedIn(folder).release));
}

/** Where an environment was last deployed to; undefined where nothing is recorded, or nothing of that. */
export function deployedAt(target: Target): Whereabouts | undefined {
  const { installation, environment } = target;
  const folder = readFact(installation, environment.name, "release") ? recordFolder(target) : undefined;
  return folder ? deployedIn(folder).place : undefined;
}

/**
 * A recorded environment from its files, wherever they are kept.
 * @param folder as `deployed/<environment>` is
 * @param file the release
 * @throws UserError when the release is lost
 */
export function readRecord(target: Target, folder: string, file: string): Recorded {
  const { installation } = target;
  const deployed = deployedIn(folder);
  if (!existsSync(file)) throw lost(file);
  return {
    release: JSON.parse(readFileSync(file, "utf8")) as Release,
    target: {
      ...target,
      installation: { ...installation, composeDir: folder },
      recordedFiles: deployed.composeFiles.map((path) => join(folder, path)),
    },
    profile: { profile: deployed.profile, because: "as recorded" },
    lastMigration: deployed.lastMigration,
  };
}

/** Everything that a record consists of: files that, put in place on another machine, let it deploy the environment as it was. */
export function recordFiles({ installation, environment }: Target): string[] {
  const release = readFact<{ id: string }>(installation, environment.name, "release");
  if (!release) return [];
  const folder = deployedFolder(installation, environment.name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return [
    ...files.map(({ parentPath, name }) => join(parentPath, name)),
    releaseFile(installation, release.id),
    factFile(installation, environment.name, "release"),
  ];
}

function recordFolder({ installation, environment }: Target): string | undefined {
  const folder = deployedFolder(installation, environment.name);
  return [folder, `${folder}.last`].find((path) => existsSync(path));
}

function deployedIn(folder: string): Deployed {
  return JSON.parse(readFileSync(join(folder, "deployed.json"), "utf8")) as Deployed;
}

function lost(what: string): UserError {
  return new UserError(`A part of the record of what is deployed is lost (${what})`, {
    next: "Restore the folder .understudy from a backup, or from the machine that deployed last",
  });
}

function releaseFile(installation: Installation, id: string): string {
  return join(installation.stateDir, "releases", id, "release.json");
}

function deployedFolder(installation: Installation, environment: string): string {
  return join(installation.stateDir, "deployed", environment);
}

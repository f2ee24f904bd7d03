import { confirmDestructive, openEngine, openLog, UserError } from "@understudy/core";
import { openSide, type Side } from "@understudy/data";
import { mutate, type Target, toolboxOn, unfinishedSwap } from "@understudy/environment";
import { keepPresent } from "./backup.ts";
import { writeEnvironmentFiles } from "./environment-files.ts";
import type { Manifest } from "./manifest/manifest.ts";
import { readBackup, type StoredBackup } from "./read-backup.ts";
import { adoptApiKey } from "./restore/adopt-api-key.ts";
import { chooseParts, type RestorePart, restoreParts } from "./restore/choose-parts.ts";
import { refuseOtherKeys } from "./restore/refuse-other-keys.ts";
import { type Restored, recoverRestore, restoreData } from "./restore/restore-data.ts";

export interface RestoreRequest {
  readonly target: Target;
  readonly id: string;
  /** All but the environment's files unless told. */
  readonly only: readonly RestorePart[] | undefined;
  /** Do not back up what is there now. */
  readonly discardPresent: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `backup:restore --json` says; documented in docs/backup.md. */
export interface RestoreReport {
  readonly id: string;
  readonly environment: string;
  /** ISO 8601: the moment that the data is of now. */
  readonly at: string;
  readonly restored: boolean;
  readonly databases: readonly string[];
  readonly volumes: readonly string[];
  /** Paths below the installation's folder. */
  readonly files: readonly string[];
  /** The backup of what was there before; null when there is none. */
  readonly present: string | null;
}

/** Take an environment's data back to a backup of it; or put the files in place that it needs on another machine. @throws UserError */
export async function restoreBackup(request: RestoreRequest): Promise<RestoreReport> {
  const { target, id } = request;
  const parts = request.only ?? restoreParts.filter((part) => part !== "environment");
  const { manifest, files } = await lookUp(target, id);
  if (manifest.environment !== target.environment.name) throw otherEnvironment(manifest, target);
  const nothing = { id, environment: manifest.environment, at: manifest.at, databases: [], volumes: [], present: null };
  const written = parts.includes("environment") && !request.dryRun ? writeEnvironmentFiles(target, files) : [];
  if (parts.every((part) => part === "environment")) return { ...nothing, restored: !request.dryRun, files: written };
  await using side = await openSide(target);
  const chosen = chooseParts(side.stack, manifest, parts);
  refuseOtherKeys(side.stack, id, files);
  const report = {
    ...nothing,
    restored: !request.dryRun,
    databases: chosen.databases.map(({ name }) => name),
    volumes: chosen.volumes,
    files: written,
  };
  if (request.dryRun) return report;
  await confirmDestructive(`${manifest.environment}'s data goes back to ${manifest.at}.`, request);
  return { ...report, present: await underLock(request, side, { manifest, files }, chosen) };
}

async function underLock(
  { target, wait, say, discardPresent }: RestoreRequest,
  side: Side,
  { manifest, files }: StoredBackup,
  chosen: Restored,
): Promise<string | null> {
  const log = openLog(target.installation, target.environment.name, "restore");
  const options = {
    verb: "backup:restore",
    wait,
    toolbox: await toolboxOn(side.engine),
    // Only its own, which it brings to an end.
    overUnfinishedSwap: unfinishedSwap(target)?.finish.startsWith("pnpm backup:restore ") ?? false,
    log,
    say,
  };
  return await mutate(target, side.engine, options, async ({ journal }) => {
    journal.step("recover");
    await recoverRestore(side, { say, startOnOld: true, onKept: () => {} });
    const present = discardPresent ? undefined : await keepPresent(side, journal);
    journal.step("restore", { id: manifest.id, present: present?.id });
    await restoreData(side, manifest, chosen, journal);
    if (chosen.databases.length) adoptApiKey(side.stack, files);
    return present?.id ?? null;
  });
}

async function lookUp(target: Target, id: string): Promise<StoredBackup> {
  await using engine = await openEngine(target.environment);
  return await readBackup(target, engine, id);
}

function otherEnvironment({ id, environment }: Manifest, { environment: { name, kind } }: Target): UserError {
  const masked = "Personal details go through the masking copy: pnpm sync:production";
  return new UserError(`${id} is a backup of ${environment}, not of ${name}`, {
    next: kind === "staging" ? masked : `Restore it there: --environment ${environment}`,
  });
}

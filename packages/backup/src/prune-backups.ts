import { openEngine, openLog } from "@understudy/core";
import { mutate, rollbackPoints, type Target, toolboxOn } from "@understudy/environment";
import { type Backup, readHoldings } from "./catalog.ts";
import { dropManifest } from "./manifest/kept.ts";
import { repositoryOf } from "./open-repository.ts";
import { chooseKept } from "./prune/choose-kept.ts";
import { Repository } from "./repository/repository.ts";

export interface PruneRequest {
  readonly target: Target;
  readonly dryRun: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `backup:prune --json` says; documented in docs/backup.md. */
export interface PruneReport {
  readonly environment: string;
  readonly dryRun: boolean;
  readonly kept: readonly { readonly id: string; readonly why: string }[];
  readonly removed: readonly string[];
  /** Bytes; null when nothing was removed. */
  readonly freed: number | null;
}

/** Remove backups that the settings do not keep and nothing needs, and what backups that did not end have left. @throws UserError */
export async function pruneBackups({ target, dryRun, wait, say }: PruneRequest): Promise<PruneReport> {
  const { installation, environment } = target;
  const log = openLog(installation, environment.name, "backup");
  await using engine = await openEngine(environment);
  const options = { verb: "backup:prune", wait, toolbox: await toolboxOn(engine), onlyReads: true, log, say };
  const report = await mutate(target, engine, options, async ({ journal }) => {
    await using repository = await Repository.openExisting(repositoryOf(target, engine));
    if (!repository) return { environment: environment.name, dryRun, kept: [], removed: [], freed: null };
    const { backups, leftovers } = await readHoldings(repository);
    const kept = chooseKept(backups, target.settings.backup.keep, await neededBackups(target));
    const removed = backups.filter(({ id }) => !kept.has(id));
    const result = {
      environment: environment.name,
      dryRun,
      kept: [...kept].map(([id, why]) => ({ id, why })).sort((a, b) => b.id.localeCompare(a.id)),
      removed: removed.map(({ id }) => id),
      freed: null,
    };
    if (dryRun || removed.length + leftovers.length === 0) return result;
    journal.step("prune", { removed: result.removed });
    // The manifest goes first: what is cut off here is a leftover of the next run, never a backup with a part missing.
    await repository.forget(removed.map(({ manifest }) => manifest));
    await repository.forget(
      [...removed.flatMap(({ snapshots }: Backup) => snapshots), ...leftovers].map(({ id }) => id),
    );
    for (const { id } of removed) dropManifest(target, id);
    const { freed } = await repository.prune();
    return { ...result, freed };
  });
  log.info({ report }, "pruned");
  return report;
}

/** What rollback points name, whichever environment they are of: not one too many is removed. */
async function neededBackups({ installation }: Target): Promise<Map<string, string>> {
  const needed = new Map<string, string>();
  for (const { tag, text } of await rollbackPoints(installation)) {
    for (const id of text.match(/\bbackup-\d{8}-\d{6}\b/g) ?? []) needed.set(id, `rollback point ${tag} needs it`);
  }
  return needed;
}

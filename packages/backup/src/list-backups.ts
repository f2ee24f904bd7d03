import { openEngine } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { readHoldings } from "./catalog.ts";
import { repositoryOf } from "./open-repository.ts";
import { Repository } from "./repository/repository.ts";

/** What `backup:list --json` says of each; documented in docs/backup.md. */
export interface ListedBackup {
  readonly id: string;
  readonly environment: string;
  /** ISO 8601. */
  readonly time: string;
  /** Null: it was never restored for a test. */
  readonly verified: boolean | null;
  /** As they were read: what a restore brings back, about. */
  readonly bytes: number;
}

/** The newest first; none where none was ever taken. @throws UserError when the repository does not open. */
export async function listBackups(target: Target): Promise<ListedBackup[]> {
  const { name } = target.environment;
  await using engine = await openEngine(target.environment);
  await using repository = await Repository.openExisting(repositoryOf(target, engine));
  if (!repository) return [];
  const { backups } = await readHoldings(repository);
  return backups.map(({ id, at, verified, bytes }) => ({
    id,
    environment: name,
    time: at.toISOString(),
    verified: verified ?? null,
    bytes,
  }));
}

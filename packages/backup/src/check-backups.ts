import { openEngine, UserError } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { readHoldings } from "./catalog.ts";
import { repositoryOf } from "./open-repository.ts";
import { Repository } from "./repository/repository.ts";

/** Look whether the repository is sound. @param readData every byte of it, not only what holds it together. @throws UserError naming what is damaged. */
export async function checkBackups(target: Target, readData: boolean): Promise<{ backups: number }> {
  const { name } = target.environment;
  await using engine = await openEngine(target.environment);
  await using repository = await Repository.openExisting(repositoryOf(target, engine));
  if (!repository)
    throw new UserError(`${name} has no backups yet`, { next: `Take one: pnpm backup --environment ${name}` });
  await repository.check({ readData });
  const { backups } = await readHoldings(repository);
  return { backups: backups.length };
}

import type { Engine } from "@understudy/core";
import { readEnvironmentFile, type Target } from "@understudy/environment";
import { backupKey } from "./key/backup-key.ts";
import { locationOf } from "./repository/location.ts";
import type { RepositoryOptions } from "./repository/repository.ts";

/** How the repository of an environment is opened, deployed or not. @throws UserError for a key or credentials that are missing. */
export function repositoryOf(target: Target, engine: Engine): RepositoryOptions {
  const { installation, environment } = target;
  return {
    engine,
    stackName: environment.stackName,
    location: locationOf(target, { ...process.env, ...readEnvironmentFile(target).values }),
    key: backupKey(installation),
    warn: (line) => void process.stderr.write(`warning: ${line}\n`),
  };
}

import type { Command } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, type Target } from "@understudy/environment";

/** The flags by which verbs of backups name their environment. */
export function backupFlags(command: Command): Command {
  return command
    .option("--environment <name>", "an environment of understudy.yml")
    .option("--staging", "the staging environment")
    .option("--production", "the production environment (the default)");
}

/** Production unless told. */
export function backupTarget({ environment, staging, production }: EnvironmentChoice): Target {
  return chooseTarget({ environment, staging, production: production ?? (!environment && !staging) });
}

import type { Command } from "@understudy/core";

/** The flags by which every verb names its environment. */
export function environmentFlags(command: Command): Command {
  return command
    .option("--environment <name>", "an environment of understudy.yml")
    .option("--staging", "the staging environment (the default)")
    .option("--production", "the production environment");
}

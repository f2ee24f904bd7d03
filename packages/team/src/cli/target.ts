import type { Command } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, type Target } from "@understudy/environment";

/** The flags by which verbs of teams name their environment. */
export function teamFlags(command: Command): Command {
  return command
    .option("--environment <name>", "a staging environment of understudy.yml")
    .option("--staging", "the staging environment (the default)");
}

/** Production's data reaches nobody this way. @throws UserError for an environment of production's */
export function teamTarget(choice: EnvironmentChoice): Target {
  return chooseTarget(choice, "staging");
}

/** Says a line to the person. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

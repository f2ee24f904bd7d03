import type { Command } from "@understudy/core";
import { teamFlags } from "./target.ts";

/** The flags of verbs that export. */
export function exportFlags(command: Command): Command {
  return teamFlags(command)
    .option("--output <dir>", "the folder that the archive goes to (teamSync.folder unless told)")
    .option(
      "--encrypt",
      "with age, for teamSync.recipients, or under a passphrase; the environment's secrets are in it",
    )
    .option("--since <archive>", "only the files that changed since that archive, which its reader must have")
    .option("--include-volumes", "volumes, too, beside the graph's: uploads, binary data")
    .option("--wait", "wait for another run to end instead of refusing")
    .option("--json", "print the result as JSON (docs/cli-json.md)");
}

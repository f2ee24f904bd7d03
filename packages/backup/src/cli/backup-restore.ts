import { InvalidArgumentError, runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { showRestore } from "../report/show.ts";
import { type RestorePart, restoreParts } from "../restore/choose-parts.ts";
import { restoreBackup } from "../restore-backup.ts";
import { backupFlags, backupTarget } from "./target.ts";

interface Flags extends EnvironmentChoice {
  only?: readonly RestorePart[];
  discardPresent?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "backup:restore",
  description:
    "Take an environment's data back to a backup: restored beside the live data, compared, swapped in, proven healthy; else the live data stays.",
  examples: [
    "pnpm backup:restore backup-20261121-020000             # asks; what is there now is backed up before",
    "pnpm backup:restore backup-20261121-020000 --dry-run   # what would come back; changes nothing",
    "pnpm backup:restore backup-20261121-020000 --only postgres --yes",
    "pnpm backup:restore backup-20261121-020000 --only environment   # on a new machine: secrets and the record of what ran",
  ],
  configure: (command) =>
    backupFlags(command)
      .argument("<id>", "the backup, as pnpm backup:list names it")
      .option("--only <parts>", `only these, with commas between them: ${restoreParts.join(", ")}`, parts)
      .option("--discard-present", "do not back up what is there now: when it is beyond saving")
      .option("--dry-run", "say what would come back, and change nothing")
      .option("--yes", "do not ask")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags, id: string) => {
    const { only, discardPresent = false, dryRun = false, yes = false, wait = false, json, ...choice } = flags;
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const target = backupTarget(choice);
    const report = await restoreBackup({ target, id, only, discardPresent, dryRun, yes, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showRestore(report));
  },
});

function parts(value: string): RestorePart[] {
  return value.split(",").map((name) => {
    const part = restoreParts.find((known) => known === name.trim());
    if (!part) throw new InvalidArgumentError(`"${name.trim()}" is none of ${restoreParts.join(", ")}.`);
    return part;
  });
}

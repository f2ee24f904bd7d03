import { runVerb } from "@understudy/core";
import { type ChangeFlags, changeFlags, runInstall } from "../schedule/schedule-command.ts";

await runVerb(import.meta.url, {
  name: "schedule:install",
  description:
    "Let systemd (or cron, where there is none) run an environment's monitor, weekly clean-up, nightly backup and monthly drill.",
  examples: [
    "pnpm schedule:install --production                 # every job",
    "pnpm schedule:install --staging --only weekly      # one of them",
    "pnpm schedule:install --production --dry-run       # the files and commands",
  ],
  configure: (command) =>
    changeFlags(command).option("--only <jobs>", "some of monitor, weekly, backup, drill, team; comma separated"),
  run: (flags: ChangeFlags) => runInstall("schedule:install", flags),
});

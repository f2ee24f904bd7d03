import { runVerb } from "@understudy/core";
import { type ChangeFlags, changeFlags, runInstall } from "@understudy/health";

await runVerb(import.meta.url, {
  name: "team:schedule",
  description:
    "Let systemd (or cron, where there is none) share a staging environment with the team every day, at teamSync.exportAt.",
  examples: ["pnpm team:schedule", "pnpm team:schedule --dry-run", "pnpm schedule:remove --staging --only team"],
  configure: changeFlags,
  run: (flags: ChangeFlags) => runInstall("team:schedule", { ...flags, only: "team" }),
});
